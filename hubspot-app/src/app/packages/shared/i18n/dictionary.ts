/** A text that depends on a number; `other` is the form that every language has. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export type Texts = Readonly<Record<string, string | Plural>>;

/**
 * What a language file must hold: exactly the keys of English `E`, each of the same sort (plain or plural). A missing or unknown
 * key, or a plain text where a plural is wanted, does not compile.
 */
export type DictionaryOf<E> = { readonly [K in keyof E]: E[K] extends string ? string : Plural };

export type PlainKeyOf<E> = { [K in keyof E]: E[K] extends string ? K : never }[keyof E];
export type PluralKeyOf<E> = Exclude<keyof E, PlainKeyOf<E>>;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type English<E, K extends keyof E> = E[K] extends string
  ? E[K]
  : E[K] extends { other: infer Other extends string }
    ? Other
    : never;

/** The placeholders of a text, by name; `{count}` of a plural is filled in from its number. */
export type ParametersOf<E, K extends keyof E> = {
  [N in Names<English<E, K>> as N extends 'count' ? never : N]: string;
};
