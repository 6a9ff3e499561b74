import { CAUSES, known, TROUBLES } from '@ledgercard/shared';
import type { FlowView, RunCounts, RunView, SettingsTranslate } from '@ledgercard/shared';
import type { SettingsEnvironment } from '../SettingsContext.tsx';

/** `NetSuite customers, Chinook` */
export function flowName(flow: FlowView, t: SettingsTranslate): string {
  return t(`flow.name.${flow.key}`, { name: flow.connectionName });
}

/** What is wrong and what to do about it, as two sentences. */
export interface Explained {
  title: string;
  what: string;
}

interface Caused {
  cause?: string | null;
  field?: string | null;
  rule?: string | null;
}

/** Why a row could not be written. The property is named where it is known. */
export function causeText({ cause, field, rule }: Caused, t: SettingsTranslate): Explained {
  const word = known(CAUSES, cause);
  // A rule may be named like its property.
  const place = [...new Set([field, rule].filter(Boolean))].join(', ');
  const title = t(`cause.${word}`);
  return { title: place === '' ? title : t('cause.at', { cause: title, place }), what: t(`cause.${word}.what`) };
}

export function troubleText(code: string | null | undefined, t: SettingsTranslate): Explained {
  const word = known(TROUBLES, code);
  return { title: t(`trouble.${word}`), what: t(`trouble.${word}.what`) };
}

const TOLD = [
  'created',
  'linked',
  'updated',
  'archived',
  'associated',
  'erpCreated',
  'erpUpdated',
  'parked',
  'reviews',
] as const satisfies readonly (keyof RunCounts)[];

/** What a run did; a preview did nothing but look. */
export function doneText({ kind, counts }: RunView, settings: Pick<SettingsEnvironment, 't' | 'format'>): string {
  return kind === 'preview' ? settings.t.count('counted.looked', counts.read) : countsText(counts, settings);
}

/** `2 created, 5 updated and 1 not written`; what there is none of is left out. */
export function countsText(counts: RunCounts, { t, format }: Pick<SettingsEnvironment, 't' | 'format'>): string {
  const parts = TOLD.filter((name) => counts[name] > 0).map((name) => t.count(`counted.${name}`, counts[name]));
  return parts.length === 0 ? t('counted.nothing') : format.list(parts);
}
