import type { Money } from './types.ts';

/** Numbers, money and dates in the user's way of writing them. */
export interface Format {
  money(money: Money): string;
  number(value: number): string;
  /** A quantity or rate that came as decimal text. */
  decimal(text: string): string;
  /** `YYYY-MM-DD`, a calendar day without a time zone. */
  date(day: string): string;
  /** An instant: the time alone if it is of `today`, else with its date; in the time zone given. */
  instant(millis: number, timeZone: string, today: string): string;
  /** The calendar day of an instant in the time zone given. */
  dayOf(millis: number, timeZone: string): string;
  /** `a, b and c` */
  list(parts: string[]): string;
}

/** `NetSuite Chinook`; a name that says the system already stands alone. */
export function connectionTitle({ systemName, name }: { systemName: string; name: string }): string {
  return name.toLowerCase().startsWith(systemName.toLowerCase()) ? name : `${systemName} ${name}`;
}

const FALLBACK = 'en-US';

/** HubSpot writes locales as `de-de` or `en_us`; anything `Intl` does not know becomes English. */
export function normalLocale(locale: string | undefined): string {
  try {
    return Intl.getCanonicalLocales((locale ?? FALLBACK).replace('_', '-'))[0] ?? FALLBACK;
  } catch {
    // RangeError: not a language tag at all.
    return FALLBACK;
  }
}

export function createFormat(locale: string): Format {
  const numbers = new Intl.NumberFormat(locale);
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });

  return {
    money: (money) => moneyText(locale, money),
    number: (value) => numbers.format(value),
    decimal: (text) => decimalText(locale, text),
    date: (day) => dayText(days, day),
    instant: (millis, timeZone, today) => instantText(locale, millis, timeZone, today),
    dayOf: (millis, timeZone) =>
      new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: knownZone(timeZone) }).format(millis),
    list: (parts) => new Intl.ListFormat(locale, { type: 'conjunction' }).format(parts),
  };
}

const DECIMAL = /^-?\d+(?:\.(\d+))?$/;

function moneyText(locale: string, money: Money): string {
  const match = DECIMAL.exec(money.amount);
  if (match === null) {
    return `${money.amount} ${money.currency}`;
  }
  try {
    const usual = new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency });
    const digits = Math.max(match[1]?.length ?? 0, usual.resolvedOptions().maximumFractionDigits ?? 2);
    return new Intl.NumberFormat(locale, {
      style: 'currency',
      currency: money.currency,
      maximumFractionDigits: digits,
    }).format(money.amount as Intl.StringNumericLiteral);
  } catch {
    // RangeError: not a currency code of three letters; shown as it came.
    return `${money.amount} ${money.currency}`;
  }
}

function decimalText(locale: string, text: string): string {
  const match = DECIMAL.exec(text);
  if (match === null) {
    return text;
  }
  return new Intl.NumberFormat(locale, { maximumFractionDigits: match[1]?.length ?? 0 }).format(
    text as Intl.StringNumericLiteral,
  );
}

function dayText(days: Intl.DateTimeFormat, day: string): string {
  const millis = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(millis) ? day : days.format(millis);
}

function instantText(locale: string, millis: number, timeZone: string, today: string): string {
  const zone = knownZone(timeZone);
  // Swedish dates are written YYYY-MM-DD, which makes them comparable with `today`.
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(millis);
  const style: Intl.DateTimeFormatOptions =
    day === today ? { timeStyle: 'short' } : { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(locale, { ...style, timeZone: zone }).format(millis);
}

function knownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    // RangeError: a zone that this browser does not know.
    return 'UTC';
  }
}
