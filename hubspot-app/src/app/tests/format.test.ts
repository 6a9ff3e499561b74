import { describe, expect, test } from 'vitest';
import { connectionTitle, createFormat, normalLocale } from '../packages/shared/format.ts';
import { isNegative, isZero } from '../packages/shared/money.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const money = (locale: string, amount: string, currency: string) =>
  plain(createFormat(locale).money({ amount, currency }));

describe('money', () => {
  test('is written as the user’s country does', () => {
    expect(money('en-US', '1234.5', 'USD')).toBe('$1,234.50');
    expect(money('fr-FR', '1234.5', 'EUR')).toBe('1 234,50 €');
    expect(money('de-DE', '-0.99', 'EUR')).toBe('-0,99 €');
  });

  test('has the digits of its currency, and never loses one', () => {
    expect(money('en-US', '1500', 'JPY')).toBe('¥1,500');
    expect(money('en-US', '0.12345', 'USD')).toBe('$0.12345');
    expect(money('en-US', '12345678901234567890.12', 'USD')).toBe('$12,345,678,901,234,567,890.12');
  });

  test('what is not understood is shown as it came', () => {
    expect(money('en-US', 'n/a', 'USD')).toBe('n/a USD');
    expect(money('en-US', '1.00', '?')).toBe('1.00 ?');
  });
});

describe('dates', () => {
  const format = createFormat('en-US');

  test('a calendar day is the same day in every time zone', () => {
    expect(format.date('2026-11-02')).toBe('Nov 2, 2026');
    expect(format.date('someday')).toBe('someday');
  });

  test('an instant of today is a time, an older one has its date; in the portal’s zone', () => {
    const instant = Date.UTC(2026, 10, 21, 23, 30);
    expect(plain(format.instant(instant, 'Europe/Stockholm', '2026-11-22'))).toBe('12:30 AM');
    expect(plain(format.instant(instant, 'UTC', '2026-11-22'))).toBe('Nov 21, 2026, 11:30 PM');
    expect(plain(format.instant(instant, 'Nowhere/Land', '2026-11-21'))).toBe('11:30 PM');
  });
});

describe('numbers', () => {
  test('decimal text keeps its digits', () => {
    expect(createFormat('fr-FR').decimal('12.50')).toBe('12,5');
    expect(createFormat('en-US').decimal('x')).toBe('x');
  });

  test('zero and below zero are told from the text', () => {
    expect(['0', '0.00', '-0.00', '0.01', '10'].map((amount) => isZero({ amount, currency: 'USD' }))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(['-1', '-0.00', '1'].map((amount) => isNegative({ amount, currency: 'USD' }))).toEqual([true, false, false]);
  });
});

describe('names', () => {
  test('a connection is called by its system and its name, and by its name alone where that says both', () => {
    expect(connectionTitle({ systemName: 'NetSuite', name: 'Chinook' })).toBe('NetSuite Chinook');
    expect(connectionTitle({ systemName: 'NetSuite', name: 'netsuite' })).toBe('netsuite');
    expect(connectionTitle({ systemName: 'NetSuite', name: 'NetSuite Sweden' })).toBe('NetSuite Sweden');
  });
});

describe('locales', () => {
  test('HubSpot’s way of writing them is understood; nonsense becomes English', () => {
    expect(['de-de', 'en_us', undefined, '!!'].map(normalLocale)).toEqual(['de-DE', 'en-US', 'en-US', 'en-US']);
  });
});
