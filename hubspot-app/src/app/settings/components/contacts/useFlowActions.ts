import { useAction } from '@ledgercard/shared';
import type { FlowView, RunWhat } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

/** What can be done with a flow; after each the flows are read anew. */
export function useFlowActions(flow: FlowView, reload: () => Promise<unknown>) {
  const { api, t, actions } = useSettings();
  const flowId = flow.id;

  const turn = useAction(async (on: boolean) => {
    await api.switchFlow({ flowId, on });
    if (!on) {
      actions.addAlert({ type: 'success', message: t('flow.stopped') });
    }
    await reload();
  });
  const start = useAction(async () => {
    await api.start({ flowId });
    actions.addAlert({ type: 'success', message: t('flow.started') });
    await reload();
  });
  const run = useAction(async (what: Exclude<RunWhat, 'record'>) => {
    await api.run({ flowId, what });
    actions.addAlert({ type: 'success', message: t('run.asked') });
    await reload();
  });
  const cancel = useAction(async (runId: string) => {
    await api.cancelRun({ runId });
    actions.addAlert({ type: 'info', message: t('run.cancelling') });
    await reload();
  });
  const goOn = useAction(async (runId: string) => {
    await api.continueRun({ runId });
    await reload();
  });

  return { turn, start, run, cancel, goOn };
}

export type FlowActions = ReturnType<typeof useFlowActions>;
