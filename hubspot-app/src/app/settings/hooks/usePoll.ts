import { useEffect, useRef } from 'react';

/** Asks again every `ms` after the last answer, for as long as `ms` is not null. `beat` changes with every answer. */
export function usePoll(ask: () => Promise<unknown>, ms: number | null, beat: unknown): void {
  const latest = useRef(ask);
  latest.current = ask;
  useEffect(() => {
    if (ms === null) {
      return undefined;
    }
    const timer = setTimeout(() => void latest.current(), ms);
    return () => clearTimeout(timer);
  }, [ms, beat]);
}
