import { useCallback, useMemo, useState } from 'react';
import type { MappingAnswer, MappingRow, MappingTarget, ValueTable } from '@ledgercard/shared';

/** A mapping while it is being edited; nothing is in force before it is saved. */
export interface MappingDraft {
  targets: MappingTarget[];
  tables: ValueTable[];
  isChanged: boolean;
  /** The targets whose rows, or any of whose tables, were changed. */
  changed: MappingTarget[];
  putRow: (target: string, row: MappingRow) => void;
  removeRow: (target: string, rowId: string) => void;
  putTable: (table: ValueTable) => void;
  removeTable: (name: string) => void;
  discard: () => void;
}

interface Content {
  targets: MappingTarget[];
  tables: ValueTable[];
}

export function useMappingDraft(answer: MappingAnswer): MappingDraft {
  const saved = useMemo<Content>(() => ({ targets: answer.targets, tables: answer.tables }), [answer]);
  const [content, setContent] = useState(saved);

  const changeRows = useCallback(
    (target: string, change: (rows: MappingRow[]) => MappingRow[]) =>
      setContent((old) => ({
        ...old,
        targets: old.targets.map((one) => (one.key === target ? { ...one, rows: change(one.rows) } : one)),
      })),
    [],
  );
  const putRow = useCallback(
    (target: string, row: MappingRow) => changeRows(target, (rows) => put(rows, row, (one) => one.id === row.id)),
    [changeRows],
  );
  const removeRow = useCallback(
    (target: string, rowId: string) => changeRows(target, (rows) => rows.filter((one) => one.id !== rowId)),
    [changeRows],
  );
  const putTable = useCallback(
    (table: ValueTable) =>
      setContent((old) => ({ ...old, tables: put(old.tables, table, (one) => one.name === table.name) })),
    [],
  );
  const removeTable = useCallback(
    (name: string) => setContent((old) => ({ ...old, tables: old.tables.filter((one) => one.name !== name) })),
    [],
  );
  const discard = useCallback(() => setContent(saved), [saved]);

  const tablesChanged = JSON.stringify(content.tables) !== JSON.stringify(saved.tables);
  const changed = content.targets.filter(
    (target, index) => tablesChanged || JSON.stringify(target.rows) !== JSON.stringify(saved.targets[index]?.rows),
  );
  return { ...content, isChanged: changed.length > 0, changed, putRow, removeRow, putTable, removeTable, discard };
}

/** In the place of the one that it replaces, else at the end. */
function put<T>(all: T[], one: T, isIt: (other: T) => boolean): T[] {
  return all.some(isIt) ? all.map((other) => (isIt(other) ? one : other)) : [...all, one];
}
