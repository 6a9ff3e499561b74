import { useEffect, useRef, useState } from 'react';

/**
 * The text of a field while somebody types. The extension answers each key later, from its worker: an answer that only repeats what was
 * typed must not take back what was typed since; any other is the extension's own text, and counts.
 */
export function useOwnText(value: string, onInput?: (value: string) => void) {
  const [text, setText] = useState(value);
  const unanswered = useRef<string[]>([]);
  useEffect(() => {
    const at = unanswered.current.indexOf(value);
    unanswered.current = at === -1 ? [] : unanswered.current.slice(at + 1);
    if (at === -1) {
      setText(value);
    }
  }, [value]);
  const set = (next: string) => {
    unanswered.current.push(next);
    setText(next);
    onInput?.(next);
  };
  return { text, set };
}
