import { useCallback, useEffect, useReducer, useRef } from 'react';
import { asApiError } from '@ledgercard/shared';
import type { ApiError } from '@ledgercard/shared';

/**
 * One question to the backend, asked again when it changes. Promises:
 * - an answer that was overtaken by a later question is dropped;
 * - what was shown stays while a new answer is on its way, also where that answer says `loading`;
 * - while the backend says that it is still reading, it is asked again after the time it names, a bounded number of times.
 */

export interface Pollable {
  state: string;
  retryAfterMs: number | null;
}

export type ReadPhase = 'first' | 'again' | 'idle';

export interface PolledRead<T> {
  /** The last answer that can be shown. */
  answer: T | null;
  /** first: nothing to show yet · again: asking while the old answer is shown · idle: nothing under way. */
  phase: ReadPhase;
  error: ApiError | null;
  /** The backend was asked as often as allowed and is still loading. */
  gaveUp: boolean;
  reload: () => void;
}

interface State<T> {
  answer: T | null;
  pending: boolean;
  polls: number;
  error: ApiError | null;
  gaveUp: boolean;
}

type Event<T> =
  | { type: 'asked'; fresh: boolean }
  | { type: 'answered'; answer: T; more: boolean; gaveUp: boolean }
  | { type: 'failed'; error: ApiError };

function reduce<T extends Pollable>(state: State<T>, event: Event<T>): State<T> {
  switch (event.type) {
    case 'asked':
      return event.fresh
        ? { ...state, pending: true, polls: 0, error: null, gaveUp: false }
        : { ...state, pending: true };
    case 'answered':
      return {
        answer: keepShown(state.answer, event.answer),
        pending: event.more,
        polls: state.polls + 1,
        error: null,
        gaveUp: event.gaveUp,
      };
    case 'failed':
      return { ...state, pending: false, error: event.error };
  }
}

/** "Still loading" says nothing new to somebody who is looking at rows. */
function keepShown<T extends Pollable>(shown: T | null, next: T): T {
  return next.state === 'loading' && shown !== null && shown.state !== 'loading' ? shown : next;
}

const MAX_POLLS = 20;
const DEFAULT_RETRY_MS = 1_000;

export interface PolledReadOptions<T> {
  /** Whether an answer that can be shown is about to be followed by a newer one. */
  isSettling?: (answer: T) => boolean;
  maxPolls?: number;
}

/** `question` null asks nothing; any other text names the question, so that a change of it asks anew. */
export function usePolledRead<T extends Pollable>(
  question: string | null,
  ask: () => Promise<T>,
  options: PolledReadOptions<T> = {},
): PolledRead<T> {
  const [state, dispatch] = useReducer(reduce<T>, {
    answer: null,
    pending: false,
    polls: 0,
    error: null,
    gaveUp: false,
  });
  const sequence = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  // The newest `ask` is used for polls, without its identity restarting anything.
  const latest = useRef({ ask, options });
  latest.current = { ask, options };

  const start = useCallback(() => {
    const mine = ++sequence.current;
    clearTimeout(timer.current);

    async function step(polls: number): Promise<void> {
      dispatch({ type: 'asked', fresh: polls === 0 });
      try {
        const answer = await latest.current.ask();
        if (mine === sequence.current) {
          settle(answer, polls);
        }
      } catch (error) {
        if (mine === sequence.current) {
          dispatch({ type: 'failed', error: asApiError(error) });
        }
      }
    }

    function settle(answer: T, polls: number): void {
      const { isSettling, maxPolls = MAX_POLLS } = latest.current.options;
      const loading = answer.state === 'loading';
      const more = (loading || isSettling?.(answer) === true) && polls + 1 < maxPolls;
      dispatch({ type: 'answered', answer, more, gaveUp: loading && !more });
      if (more) {
        timer.current = setTimeout(() => void step(polls + 1), answer.retryAfterMs ?? DEFAULT_RETRY_MS);
      }
    }

    void step(0);
  }, []);

  useEffect(() => {
    if (question !== null) {
      start();
    }
    return () => {
      // Whatever is still under way now answers a question that nobody asks any more.
      sequence.current += 1;
      clearTimeout(timer.current);
    };
  }, [question, start]);

  return {
    answer: state.answer,
    phase: phaseOf(state, question),
    error: state.error,
    gaveUp: state.gaveUp,
    reload: start,
  };
}

function phaseOf<T extends Pollable>(state: State<T>, question: string | null): ReadPhase {
  const showable = state.answer !== null && state.answer.state !== 'loading';
  if (question === null) {
    return 'idle';
  }
  if (!showable && state.error === null && !state.gaveUp) {
    return 'first';
  }
  return state.pending ? 'again' : 'idle';
}
