import { useDebounce } from '@hubspot/ui-extensions';
import { useReducer } from 'react';
import type { SortKey } from '@ledgercard/shared';

export interface ListControls {
  page: number;
  sort: SortKey | `-${SortKey}`;
  status: string;
  text: string;
}

type Change =
  | { type: 'page'; page: number }
  | { type: 'sort'; sort: ListControls['sort'] }
  | { type: 'status'; status: string }
  | { type: 'text'; text: string }
  | { type: 'clear' };

const START: ListControls = { page: 1, sort: '-date', status: '', text: '' };

/** Whatever changes the order or the choice of rows goes back to the first page. */
function reduce(controls: ListControls, change: Change): ListControls {
  switch (change.type) {
    case 'page':
      return { ...controls, page: change.page };
    case 'sort':
      return { ...controls, page: 1, sort: change.sort };
    case 'status':
      return { ...controls, page: 1, status: change.status };
    case 'text':
      return { ...controls, page: 1, text: change.text };
    case 'clear':
      return { ...START, sort: controls.sort };
  }
}

/** What the user set on the list; `asked` is what to ask the backend for, with the text once typing has paused. */
export function useListQuery() {
  const [controls, change] = useReducer(reduce, START);
  const text = useDebounce(controls.text, 300);
  const asked: ListControls = { ...controls, text: text.trim() };
  return { controls, asked, change, isFiltered: controls.text.trim() !== '' || controls.status !== '' };
}

export type ChangeList = ReturnType<typeof useListQuery>['change'];
