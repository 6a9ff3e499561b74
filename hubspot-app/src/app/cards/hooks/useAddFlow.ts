import { useDebounce } from '@hubspot/ui-extensions';
import { useReducer } from 'react';
import { useAction } from '@ledgercard/shared';
import type { AddAnswer, SearchRow } from '@ledgercard/shared';
import { useCard } from '../components/CardContext.tsx';
import { rowKey, useAttach } from './useAttach.ts';
import { usePolledRead } from './usePolledRead.ts';

/** At most this many can be added at once; the backend refuses more. */
export const MOST_AT_ONCE = 50;
export const SEARCH_PAGE_SIZE = 8;

export type Step = 'pick' | 'confirm' | 'result';

export interface AddFlowState {
  isOpen: boolean;
  step: Step;
  text: string;
  page: number;
  /** Ticked rows by key; they stay ticked on other pages and under other searches. */
  chosen: ReadonlyMap<string, SearchRow>;
  answer: AddAnswer | null;
}

type Event =
  | { type: 'open' }
  | { type: 'close' }
  | { type: 'text'; text: string }
  | { type: 'page'; page: number }
  | { type: 'tick'; row: SearchRow; on: boolean }
  | { type: 'none' }
  | { type: 'step'; step: Step }
  | { type: 'more' }
  | { type: 'answered'; answer: AddAnswer };

const CLOSED: AddFlowState = { isOpen: false, step: 'pick', text: '', page: 1, chosen: new Map(), answer: null };

function reduce(state: AddFlowState, event: Event): AddFlowState {
  switch (event.type) {
    case 'open':
      return state.isOpen ? state : { ...CLOSED, isOpen: true };
    case 'close':
      return CLOSED;
    case 'text':
      return { ...state, page: 1, text: event.text };
    case 'page':
      return { ...state, page: event.page };
    case 'tick':
      return { ...state, chosen: ticked(state.chosen, event.row, event.on) };
    case 'none':
      return { ...state, chosen: new Map() };
    case 'step':
      return { ...state, step: event.step };
    case 'more':
      return { ...state, step: 'pick', chosen: new Map(), answer: null };
    case 'answered':
      return { ...state, step: 'result', answer: event.answer };
  }
}

function ticked(chosen: AddFlowState['chosen'], row: SearchRow, on: boolean): AddFlowState['chosen'] {
  const next = new Map(chosen);
  const key = rowKey(row.row);
  if (!on) {
    next.delete(key);
  } else if (next.size < MOST_AT_ONCE) {
    next.set(key, row);
  }
  return next;
}

export interface AddFlowEnd {
  /** Something was attached: the list is to be read anew. */
  onAdded: () => void;
  /** All that was asked for is attached: the modal can close. */
  onAllAdded: (count: number) => void;
}

/** Search, tick, confirm where needed, add, and see what became of each row. */
export function useAddFlow({ onAdded, onAllAdded }: AddFlowEnd) {
  const { api, record } = useCard();
  const attach = useAttach();
  const [state, dispatch] = useReducer(reduce, CLOSED);
  const text = useDebounce(state.text, 300).trim();
  const query = { ...record, q: text, page: state.page, pageSize: SEARCH_PAGE_SIZE };
  const read = usePolledRead(state.isOpen ? JSON.stringify(query) : null, () => api.search(query));

  const add = useAction(async (rows: SearchRow[], confirmed: ReadonlySet<string>) => {
    const answer = await attach(
      rows.map((row) => row.row),
      confirmed,
    );
    if (answer.results.some((result) => result.outcome === 'added')) {
      onAdded();
    }
    if (answer.results.every((result) => result.outcome === 'added')) {
      dispatch({ type: 'close' });
      onAllAdded(answer.results.length);
    } else {
      dispatch({ type: 'answered', answer });
    }
  });

  /** Back to searching after a result; what was attached now says so. */
  const more = () => {
    dispatch({ type: 'more' });
    read.reload();
  };

  return { state, dispatch, read, add, more, ...steps(state, dispatch, add.run) };
}

/** What the buttons of the steps do. */
function steps(
  state: AddFlowState,
  dispatch: (event: Event) => void,
  run: (rows: SearchRow[], confirmed: ReadonlySet<string>) => Promise<void>,
) {
  const rows = [...state.chosen.values()];
  const foreign = rows.filter((row) => row.needsConfirmation);
  const unconfirmed = unconfirmedRows(state);
  const keys = (of: SearchRow[]) => new Set(of.map((row) => rowKey(row.row)));
  return {
    foreign,
    unconfirmed,
    submit: () => (foreign.length > 0 ? dispatch({ type: 'step', step: 'confirm' }) : void run(rows, new Set())),
    confirm: () => void run(rows, keys(foreign)),
    confirmRest: () => void run(unconfirmed, keys(unconfirmed)),
  };
}

/** Rows for which the backend, too, wants a yes: their customer changed after they were searched. */
function unconfirmedRows(state: AddFlowState): SearchRow[] {
  const results = state.answer?.results ?? [];
  return results
    .filter((result) => result.outcome === 'needs_confirmation')
    .map((result) => state.chosen.get(rowKey({ connectionId: result.connectionId, id: result.invoiceId })))
    .filter((row) => row !== undefined);
}

export type AddFlow = ReturnType<typeof useAddFlow>;
