import type { FlowView, RunView } from '@ledgercard/shared';

/** The run that is at work, whatever the flow's switch says: an undo runs while it is off. */
export function workingRun({ running }: FlowView): RunView | null {
  return running?.state === 'running' ? running : null;
}

/** While a run is taken back the flow is off and cannot be switched on. */
export function isUndoing(flow: FlowView): boolean {
  return workingRun(flow)?.kind === 'undo';
}

/** The run that stopped at the brake and waits for a person; null from when somebody lets it go on. */
export function stoppedByBrake(flow: FlowView): RunView | null {
  const { lastRun, status, trouble } = flow;
  if (status !== 'on' || trouble !== 'braked' || lastRun?.state !== 'braked') {
    return null;
  }
  const working = workingRun(flow);
  const goesOn = working?.cause === 'hand' && working.kind === lastRun.kind;
  return goesOn ? null : lastRun;
}
