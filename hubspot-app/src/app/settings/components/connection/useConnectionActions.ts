import { useAction } from '@ledgercard/shared';
import type { ChecklistAnswer, ConnectionSettings } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

/** Testing a connection, and pausing or resuming it. */
export function useConnectionActions(
  connection: ConnectionSettings,
  reload: () => Promise<unknown>,
  onTested: (tested: ChecklistAnswer | null) => void,
) {
  const { api, t, actions } = useSettings();
  const { connectionId, name } = connection;

  const test = useAction(async () => {
    onTested(null);
    onTested(await api.test({ connectionId }));
    await reload();
  });

  const pause = useAction(async (way: 'pause' | 'resume') => {
    await api.leave({ way, connectionId, properties: 'keep', confirm: '' });
    onTested(null);
    const message = t(way === 'pause' ? 'connection.paused' : 'connection.resumed', { name });
    actions.addAlert({ type: 'success', message });
    await reload();
  });

  return { test, pause };
}

export type ConnectionActions = ReturnType<typeof useConnectionActions>;
