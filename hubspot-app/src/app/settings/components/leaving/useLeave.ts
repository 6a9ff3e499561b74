import { useAction } from '@ledgercard/shared';
import type { LeaveAnswer, Properties, Way } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

export type LeaveDone = (left: LeaveAnswer) => Promise<void>;

/** Goes one of the ways out. */
export function useLeave(way: Way, connectionId: string | null, onDone: LeaveDone) {
  const { api } = useSettings();
  return useAction(async (confirm: string, properties: Properties) => {
    await onDone(await api.leave({ way, connectionId, properties, confirm }));
  });
}
