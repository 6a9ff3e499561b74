import type { Dictionary, Key, Parameters, PlainKey, PluralKey } from './dictionary.ts';
import { en } from './en.ts';
import { fr } from './fr.ts';

export type { Dictionary, Key, PlainKey, Plural, PluralKey } from './dictionary.ts';

/** A language more is a file more, and a line more here. */
export const dictionaries = { en, fr } satisfies Record<string, Dictionary>;

export type Language = keyof typeof dictionaries;

export interface Translate {
  <K extends PlainKey>(
    key: K,
    ...parameters: keyof Parameters<K> extends never ? [] : [parameters: Parameters<K>]
  ): string;
  /** The form of a plural that fits `count`; `{count}` is written in the user's way. */
  count<K extends PluralKey>(
    key: K,
    count: number,
    ...parameters: keyof Parameters<K> extends never ? [] : [parameters: Parameters<K>]
  ): string;
}

export function languageOf(locale: string): Language {
  const language = locale.toLowerCase().split('-')[0] ?? 'en';
  return language in dictionaries ? (language as Language) : 'en';
}

export function createTranslate(locale: string): Translate {
  const dictionary: Dictionary = dictionaries[languageOf(locale)];
  const rules = new Intl.PluralRules(languageOf(locale));
  const numbers = new Intl.NumberFormat(locale);

  function plain(key: Key, parameters: Record<string, string> = {}): string {
    return fill(dictionary[key] as string, parameters);
  }

  function count(key: PluralKey, number: number, parameters: Record<string, string> = {}): string {
    const forms = dictionary[key];
    const form = forms[rules.select(number)] ?? forms.other;
    return fill(form, { ...parameters, count: numbers.format(number) });
  }

  return Object.assign(plain, { count }) as Translate;
}

function fill(text: string, parameters: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => parameters[name] ?? whole);
}
