import type { OnCreate, OnUpdate, Policies, Schedule } from '@ledgercard/shared';

/** What an administrator decides about a flow, as the form holds it while it is being filled in. */

/** What happens when a row is created and when it is updated, as one choice. The first three are the usual ones. */
export const WRITINGS = [
  'create_update',
  'link_only_update',
  'nothing_nothing',
  'create_nothing',
  'link_only_nothing',
  'nothing_update',
] as const;
export type Writing = (typeof WRITINGS)[number];

const PARTS: Record<Writing, [OnCreate, OnUpdate]> = {
  create_update: ['create', 'update'],
  link_only_update: ['link_only', 'update'],
  nothing_nothing: ['nothing', 'nothing'],
  create_nothing: ['create', 'nothing'],
  link_only_nothing: ['link_only', 'nothing'],
  nothing_update: ['nothing', 'update'],
};

export function writingOf({ onCreate, onUpdate }: Policies): Writing {
  return `${onCreate}_${onUpdate}`;
}

export function withWriting(policies: Policies, writing: Writing): Policies {
  const [onCreate, onUpdate] = PARTS[writing];
  return { ...policies, onCreate, onUpdate };
}

export type Unit = 'seconds' | 'minutes' | 'hours';
const SECONDS: Record<Unit, number> = { seconds: 1, minutes: 60, hours: 3_600 };
export const UNITS = ['seconds', 'minutes', 'hours'] as const satisfies readonly Unit[];

/** A schedule while it is being filled in; what belongs to the other kind is kept while somebody changes their mind. */
export interface ScheduleDraft {
  kind: 'every' | 'daily';
  amount: number;
  unit: Unit;
  dailyAt: string;
  timeZone: string;
}

export function draftOf(schedule: Schedule, timeZone: string): ScheduleDraft {
  if ('everySeconds' in schedule) {
    const unit = [...UNITS].reverse().find((one) => schedule.everySeconds % SECONDS[one] === 0) ?? 'seconds';
    return { kind: 'every', amount: schedule.everySeconds / SECONDS[unit], unit, dailyAt: '03:00', timeZone };
  }
  return { kind: 'daily', amount: 60, unit: 'seconds', ...schedule };
}

export const SHORTEST_S = 30;
export const LONGEST_S = 86_400;

export function scheduleOf(draft: ScheduleDraft): Schedule {
  return draft.kind === 'every'
    ? { everySeconds: Math.round(draft.amount * SECONDS[draft.unit]) }
    : { dailyAt: draft.dailyAt.trim(), timeZone: draft.timeZone.trim() };
}

export type ScheduleFault = 'pause' | 'time' | 'zone';

/** What is wrong with a schedule, if anything is. */
export function scheduleFault(draft: ScheduleDraft): ScheduleFault | null {
  const schedule = scheduleOf(draft);
  if ('everySeconds' in schedule) {
    const { everySeconds } = schedule;
    return everySeconds >= SHORTEST_S && everySeconds <= LONGEST_S ? null : 'pause';
  }
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(schedule.dailyAt)) {
    return 'time';
  }
  return isZone(schedule.timeZone) ? null : 'zone';
}

function isZone(timeZone: string): boolean {
  try {
    return timeZone !== '' && new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    // RangeError: a zone that does not exist.
    return false;
  }
}

export function isShare(share: number): boolean {
  return Number.isInteger(share) && share >= 1 && share <= 100;
}

export function isGrace(days: number): boolean {
  return Number.isInteger(days) && days >= 0 && days <= 365;
}
