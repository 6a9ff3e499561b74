import { useCallback, useRef, useState } from 'react';
import { asApiError } from '../client.ts';
import type { ApiError } from '../client.ts';

export interface Action<A extends unknown[]> {
  run: (...input: A) => Promise<void>;
  busy: boolean;
  error: ApiError | null;
  clear: () => void;
}

/** Something that the user does once: a second click while it runs does nothing, a failure is kept for showing. */
export function useAction<A extends unknown[]>(work: (...input: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const running = useRef(false);
  const latest = useRef(work);
  latest.current = work;

  const run = useCallback(async (...input: A) => {
    if (running.current) {
      return;
    }
    running.current = true;
    setBusy(true);
    setError(null);
    try {
      await latest.current(...input);
    } catch (failure) {
      setError(asApiError(failure));
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);

  const clear = useCallback(() => setError(null), []);
  return { run, busy, error, clear };
}
