import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cardLanguages, createTranslate, languageOf, settingsLanguages } from '../packages/shared/i18n/index.ts';
import type { DictionaryOf, Texts } from '../packages/shared/i18n/index.ts';

const SURFACES = [
  { surface: 'cards', languages: cardLanguages },
  { surface: 'settings', languages: settingsLanguages },
] as const;

function forms(dictionary: Texts, key: string): string[] {
  const text = dictionary[key];
  if (text === undefined) {
    return [];
  }
  return typeof text === 'string' ? [text] : Object.values(text);
}

/** A plural may leave its number out: "Add it" beside "Add all 4". */
const names = (text: string) =>
  [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).filter((name) => name !== 'count').sort();

describe.each(SURFACES)('dictionaries of $surface', ({ surface, languages }) => {
  for (const [language, dictionary] of Object.entries(languages) as [string, Texts][]) {
    test(`${language}: same keys as English, same placeholders in every form`, () => {
      expect(Object.keys(dictionary).sort()).toEqual(Object.keys(languages.en).sort());
      for (const key of Object.keys(dictionary)) {
        const expected = [...new Set(forms(languages.en, key).flatMap(names))].sort();
        for (const form of forms(dictionary, key)) {
          expect([key, names(form)]).toEqual([key, expected]);
        }
      }
    });

    test(`${language}: every form that the language needs is there`, () => {
      const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
      for (const [key, text] of Object.entries(dictionary)) {
        if (typeof text !== 'string') {
          // French "many" is for whole millions; `other` reads well there.
          const missing = needed.filter((rule) => rule !== 'many' && !(rule in text));
          expect([key, missing]).toEqual([key, []]);
        }
      }
    });
  }

  test('every text is used', () => {
    const folder = path.resolve(import.meta.dirname, '..', surface);
    const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.includes('.test.') && !file.includes('node_modules'))
      .map((file) => readFileSync(path.join(folder, file), 'utf8'))
      .join('\n');
    // Whole, or put together from a prefix, as in t(`outcome.${outcome}`) or t(`state.${state}.what`).
    const used = (key: string) => {
      const prefix = /^(.*\.)[^.]+$/.exec(key.replace(/\.what$/, ''))?.[1];
      return code.includes(`'${key}'`) || (prefix !== undefined && code.includes(`\`${prefix}\${`));
    };
    expect(Object.keys(languages.en).filter((key) => !used(key))).toEqual([]);
  });
});

test('a missing key, an unknown one, or a plain text for a plural does not compile', () => {
  type Dictionary = DictionaryOf<typeof cardLanguages.en>;
  const { retry, ...incomplete } = cardLanguages.fr;
  // @ts-expect-error `retry` is missing
  const missing: Dictionary = incomplete;
  // @ts-expect-error there is no such key
  const unknown: Dictionary = { ...cardLanguages.fr, 'no.such.key': '' };
  // @ts-expect-error `add.done` depends on a number
  const plain: Dictionary = { ...cardLanguages.fr, 'add.done': 'fait' };
  expect([retry, missing, unknown, plain]).toHaveLength(4);
});

describe('translate', () => {
  test('fills in placeholders and counts', () => {
    const t = createTranslate('en-US');
    expect(t('detail.title', { number: 'INV1' })).toBe('Invoice INV1');
    expect([t.count('add.done', 1), t.count('add.done', 1234)]).toEqual(['1 invoice added', '1,234 invoices added']);
  });

  test('French counts zero as singular', () => {
    const t = createTranslate('fr-FR');
    expect([0, 1, 2].map((count) => t.count('add.done', count))).toEqual([
      '0 facture ajoutée',
      '1 facture ajoutée',
      '2 factures ajoutées',
    ]);
  });

  test('a value that looks like a placeholder stays as it is', () => {
    expect(createTranslate('en')('detail.title', { number: '{number} $&' })).toBe('Invoice {number} $&');
  });

  test('the language is the first part of the locale', () => {
    const locales = ['fr-CA', 'de-AT', 'es-419', 'ja', 'ja-JP', 'en-GB', 'sv-SE'];
    const expected = ['fr', 'de', 'es', 'ja', 'ja', 'en', 'en'];
    expect(locales.map((locale) => languageOf(cardLanguages, locale))).toEqual(expected);
    expect(locales.map((locale) => languageOf(settingsLanguages, locale))).toEqual(expected);
  });

  test('the five languages are there, on either surface', () => {
    const five = ['de', 'en', 'es', 'fr', 'ja'];
    expect([Object.keys(cardLanguages).sort(), Object.keys(settingsLanguages).sort()]).toEqual([five, five]);
  });
});
