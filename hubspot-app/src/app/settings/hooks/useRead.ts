import { useCallback, useEffect, useRef, useState } from 'react';
import { asApiError } from '@ledgercard/shared';
import type { ApiError } from '@ledgercard/shared';

interface State<T> {
  answer: T | null;
  error: ApiError | null;
  busy: boolean;
}

export interface Read<T> extends State<T> {
  /** Asks again, while what was read stays; gives the new answer, or null if none came. */
  reload: () => Promise<T | null>;
}

/**
 * One question to the backend, asked when it is new. `question` names it; null asks nothing. An answer that was overtaken by a
 * later question is dropped.
 */
export function useRead<T>(question: string | null, ask: () => Promise<T>): Read<T> {
  const [state, setState] = useState<State<T>>({ answer: null, error: null, busy: question !== null });
  const sequence = useRef(0);
  const latest = useRef(ask);
  latest.current = ask;

  const reload = useCallback(async () => {
    const mine = ++sequence.current;
    setState((old) => ({ ...old, busy: true }));
    try {
      const answer = await latest.current();
      if (mine === sequence.current) {
        setState({ answer, error: null, busy: false });
      }
      return answer;
    } catch (failure) {
      if (mine === sequence.current) {
        setState((old) => ({ ...old, error: asApiError(failure), busy: false }));
      }
      return null;
    }
  }, []);

  useEffect(() => {
    if (question !== null) {
      setState({ answer: null, error: null, busy: true });
      void reload();
    }
    return () => {
      sequence.current += 1;
    };
  }, [question, reload]);

  return { ...state, reload };
}
