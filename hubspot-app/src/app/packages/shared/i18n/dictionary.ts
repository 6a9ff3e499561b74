import type { en } from './en.ts';

/** A text that depends on a number; `other` is the form that every language has. */
export type Plural = { other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export type Key = keyof typeof en;

/**
 * What a language file must hold: exactly the keys of English, each of the same sort (plain or plural). A missing or unknown
 * key, or a plain text where a plural is wanted, does not compile.
 */
export type Dictionary = { readonly [K in Key]: (typeof en)[K] extends string ? string : Plural };

export type PlainKey = { [K in Key]: (typeof en)[K] extends string ? K : never }[Key];
export type PluralKey = Exclude<Key, PlainKey>;

type Names<S extends string> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type English<K extends Key> = (typeof en)[K] extends string
  ? (typeof en)[K]
  : (typeof en)[K] extends { other: infer Other extends string }
    ? Other
    : never;

/** The placeholders of a text, by name; `{count}` of a plural is filled in from its number. */
export type Parameters<K extends Key> = { [N in Names<English<K>> as N extends 'count' ? never : N]: string };
