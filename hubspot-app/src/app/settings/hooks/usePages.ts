import { useCallback, useState } from 'react';

export interface Pages {
  /** Where the page begins; undefined for the first. */
  at: string | undefined;
  isFirst: boolean;
  forward: (next: string) => void;
  back: () => void;
  first: () => void;
}

/** Pages that each know only where the next begins: the way back is remembered. */
export function usePages(): Pages {
  const [trail, setTrail] = useState<string[]>([]);
  const forward = useCallback((next: string) => setTrail((old) => [...old, next]), []);
  const back = useCallback(() => setTrail((old) => old.slice(0, -1)), []);
  const first = useCallback(() => setTrail([]), []);
  return { at: trail.at(-1), isFirst: trail.length === 0, forward, back, first };
}
