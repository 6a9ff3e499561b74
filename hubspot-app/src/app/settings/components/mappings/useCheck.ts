import { useMemo } from 'react';
import type { ApiError, CheckAnswer, CheckRequest, Fit, MappingFault, RoundTrip } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import type { MappingDraft } from './useMappingDraft.ts';

export interface Checked {
  /** By target and row: `person/email`. */
  faults: Map<string, MappingFault[]>;
  /** Faults that belong to no row. */
  others: MappingFault[];
  fits: Map<string, Fit>;
  roundTrips: Map<string, RoundTrip>;
  hasFaults: boolean;
  busy: boolean;
  error: ApiError | null;
}

export function placeOf(target: string, rowId: string): string {
  return `${target}/${rowId}`;
}

type Question = Omit<CheckRequest, 'idempotencyKey'>;

/** What the backend says of what was changed: faults, fits, proofs. Asked anew after every change, target by target. */
export function useCheck(flowId: string, draft: MappingDraft): Checked {
  const { api } = useSettings();
  const questions: Question[] = draft.changed.map((target) => ({
    flowId,
    target: target.key,
    rows: target.rows,
    tables: draft.tables,
  }));
  const ask = () =>
    Promise.all(questions.map(async (question) => ({ target: question.target, answer: await api.check(question) })));
  const read = useRead(questions.length === 0 ? null : JSON.stringify(questions), ask);
  const answers = questions.length === 0 ? null : read.answer;
  return useMemo(
    () => ({ ...joined(answers ?? []), busy: questions.length > 0 && read.busy, error: questions.length === 0 ? null : read.error }),
    [answers, questions.length, read.busy, read.error],
  );
}

function joined(answers: { target: string; answer: CheckAnswer }[]) {
  const faults = new Map<string, MappingFault[]>();
  const others: MappingFault[] = [];
  const fits = new Map<string, Fit>();
  const roundTrips = new Map<string, RoundTrip>();
  for (const { target, answer } of answers) {
    for (const fault of answer.faults) {
      if (fault.rowId) {
        const place = placeOf(fault.target ?? target, fault.rowId);
        faults.set(place, [...(faults.get(place) ?? []), fault]);
      } else {
        others.push(fault);
      }
    }
    for (const [rowId, fit] of Object.entries(answer.fits)) {
      fits.set(placeOf(target, rowId), fit);
    }
    for (const proof of answer.roundTrip) {
      roundTrips.set(placeOf(target, proof.rowId), proof);
    }
  }
  return { faults, others, fits, roundTrips, hasFaults: faults.size + others.length > 0 };
}
