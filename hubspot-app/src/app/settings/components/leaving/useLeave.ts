import { useAction } from '@ledgercard/shared';
import type { LeaveAnswer, LeaveRequest, Way } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

export type LeaveDone = (left: LeaveAnswer) => Promise<void>;

/** Goes one of the ways out. */
export function useLeave(way: Way, connectionId: string | null, onDone: LeaveDone) {
  const { api } = useSettings();
  return useAction(async (confirm: string, properties: LeaveRequest['properties']) => {
    await onDone(await api.leave({ way, connectionId, properties, confirm }));
  });
}
