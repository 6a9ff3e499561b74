import { useCallback, useState } from 'react';
import { useAction } from '@ledgercard/shared';
import { useCard } from '../components/CardContext.tsx';

export interface Removed {
  associationId: string;
  number: string;
  undoUntil: number | null;
}

/** Removing an association, and the latest removal that can still be undone. */
export function useRemoval(reload: () => void) {
  const { api, record, actions, t } = useCard();
  const [removed, setRemoved] = useState<Removed | null>(null);

  const remove = useAction(async (associationId: string, number: string) => {
    const answer = await api.remove({ ...record, associationId });
    setRemoved({ associationId: answer.associationId, number, undoUntil: answer.undoUntil });
    reload();
  });

  const undo = useAction(async (what: Removed) => {
    await api.restore({ ...record, associationId: what.associationId });
    setRemoved(null);
    actions.addAlert({ type: 'success', message: t('remove.restored', { number: what.number }) });
    reload();
  });

  const forget = useCallback(() => setRemoved(null), []);
  return { removed, forget, remove, undo };
}

export type Removal = ReturnType<typeof useRemoval>;
