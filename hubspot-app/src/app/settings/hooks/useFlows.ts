import type { FlowsAnswer, FlowView } from '@ledgercard/shared';
import { useSettings } from '../components/SettingsContext.tsx';
import { workingRun } from '../components/sync/flows.ts';
import { usePoll } from './usePoll.ts';
import { useRead } from './useRead.ts';
import type { Read } from './useRead.ts';

/** While something is under way, and while nothing is. */
export const BUSY_MS = 2_000;
export const IDLE_MS = 20_000;

export function isBusy(flow: FlowView): boolean {
  return workingRun(flow) !== null || (flow.status === 'preview' && flow.preview?.state !== 'ready');
}

/** All flows of the portal, read again by themselves: soon while one of them is at work. */
export function useFlows(): Read<FlowsAnswer> {
  const { api } = useSettings();
  const read = useRead('flows', () => api.flows());
  const pace = read.answer?.flows.some(isBusy) === true ? BUSY_MS : IDLE_MS;
  usePoll(read.reload, read.busy ? null : pace, read.answer);
  return read;
}
