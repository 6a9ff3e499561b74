import type { ParametersOf, PlainKeyOf, PluralKeyOf, Texts } from './dictionary.ts';

/** Looks up texts of the dictionary whose English is `E`. */
export interface Translator<E> {
  <K extends PlainKeyOf<E>>(
    key: K,
    ...parameters: keyof ParametersOf<E, K> extends never ? [] : [parameters: ParametersOf<E, K>]
  ): string;
  /** The form of a plural that fits `count`; `{count}` is written in the user's way. */
  count<K extends PluralKeyOf<E>>(
    key: K,
    count: number,
    ...parameters: keyof ParametersOf<E, K> extends never ? [] : [parameters: ParametersOf<E, K>]
  ): string;
}

/** The languages of a surface, by code; English is always there. */
export type Languages = { readonly en: Texts } & Readonly<Record<string, Texts>>;

export function languageOf(languages: Languages, locale: string): string {
  const language = locale.toLowerCase().split('-')[0] ?? 'en';
  return language in languages ? language : 'en';
}

export function translatorOf<E>(languages: Languages, locale: string): Translator<E> {
  const language = languageOf(languages, locale);
  const dictionary = languages[language] ?? languages.en;
  const rules = new Intl.PluralRules(language);
  const numbers = new Intl.NumberFormat(locale);

  function plain(key: string, parameters: Record<string, string> = {}): string {
    return fill(dictionary[key] as string, parameters);
  }

  function count(key: string, number: number, parameters: Record<string, string> = {}): string {
    const forms = dictionary[key] as { other: string } & Record<string, string>;
    const form = forms[rules.select(number)] ?? forms.other;
    return fill(form, { ...parameters, count: numbers.format(number) });
  }

  return Object.assign(plain, { count }) as unknown as Translator<E>;
}

function fill(text: string, parameters: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}
