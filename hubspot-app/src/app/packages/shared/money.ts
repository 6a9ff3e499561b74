import type { Money } from './types.ts';

/**
 * Questions about amounts that can be answered on their text. Amounts are never turned into floating-point numbers and never
 * added here: the backend adds, per currency.
 */

export function isZero(money: Money): boolean {
  return /^[-+]?0*(\.0*)?$/.test(money.amount);
}

export function isNegative(money: Money): boolean {
  return money.amount.startsWith('-') && !isZero(money);
}
