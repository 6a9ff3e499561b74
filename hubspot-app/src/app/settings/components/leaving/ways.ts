import type { Format, RowCounts, SettingsTranslate } from '@ledgercard/shared';

type Name = keyof RowCounts;

const ALL: readonly Name[] = ['connections', 'credentials', 'associations', 'links', 'tombstones', 'drafts'];

export interface Touched {
  erases: readonly Name[];
  keeps: readonly Name[];
}

/** What each way out erases of what we hold, and what it keeps. */
export const TOUCHES = {
  pause: { erases: [], keeps: ['credentials', 'associations', 'links'] },
  disconnect: { erases: ['credentials'], keeps: ['associations', 'links', 'tombstones'] },
  purge_connection: { erases: ALL, keeps: [] },
  purge_portal: { erases: ALL, keeps: [] },
  remove: { erases: [], keeps: ALL },
} as const satisfies Record<string, Touched>;

/** `3 attached invoices and 1 link`; what there is none of is left out. */
export function countsText(
  counts: RowCounts,
  names: readonly Name[],
  { t, format }: { t: SettingsTranslate; format: Format },
): string {
  const parts = names.filter((name) => counts[name] > 0).map((name) => t.count(`count.${name}`, counts[name]));
  return parts.length === 0 ? t('way.nothing') : format.list(parts);
}

/** All that there is to count, in the order in which it is told. */
export const NAMES = ALL;
