import { cardDe } from './card-de.ts';
import { cardEn } from './card-en.ts';
import { cardEs } from './card-es.ts';
import { cardFr } from './card-fr.ts';
import { cardJa } from './card-ja.ts';
import type { DictionaryOf, PlainKeyOf } from './dictionary.ts';
import { settingsDe } from './settings-de.ts';
import { settingsEn } from './settings-en.ts';
import { settingsEs } from './settings-es.ts';
import { settingsFr } from './settings-fr.ts';
import { settingsJa } from './settings-ja.ts';
import { translatorOf } from './translate.ts';
import type { Translator } from './translate.ts';

export type { DictionaryOf, PlainKeyOf, Plural, Texts } from './dictionary.ts';
export { languageOf } from './translate.ts';
export type { Translator } from './translate.ts';

/**
 * The languages of each surface; a language more is a file more, and a line more here. They are apart so that a bundle carries the
 * texts of its own surface only.
 */
export const cardLanguages = {
  en: cardEn,
  de: cardDe,
  es: cardEs,
  fr: cardFr,
  ja: cardJa,
} satisfies Record<string, DictionaryOf<typeof cardEn>>;
export const settingsLanguages = {
  en: settingsEn,
  de: settingsDe,
  es: settingsEs,
  fr: settingsFr,
  ja: settingsJa,
} satisfies Record<string, DictionaryOf<typeof settingsEn>>;

export type Translate = Translator<typeof cardEn>;
export type SettingsTranslate = Translator<typeof settingsEn>;
export type SettingsKey = PlainKeyOf<typeof settingsEn>;

export function createTranslate(locale: string): Translate {
  return translatorOf(cardLanguages, locale);
}

export function createSettingsTranslate(locale: string): SettingsTranslate {
  return translatorOf(settingsLanguages, locale);
}
