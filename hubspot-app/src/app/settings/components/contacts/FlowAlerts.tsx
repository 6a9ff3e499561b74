import { Alert, Button, ButtonRow, LoadingButton, Text } from '@hubspot/ui-extensions';
import type { FlowView, RunView } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { troubleText } from '../sync/texts.ts';
import type { FlowActions } from './useFlowActions.ts';

interface FlowAlertsProps {
  flow: FlowView;
  actions: FlowActions;
}

/** What needs a person: a run that the brake stopped, a flow that fails, rows to decide about. */
export function FlowAlerts({ flow, actions }: FlowAlertsProps) {
  const { t } = useSettings();
  const braked = [flow.running, flow.lastRun].find((run) => run?.state === 'braked') ?? null;
  return (
    <>
      {braked === null || flow.status !== 'on' ? null : <BrakeAlert flow={flow} run={braked} actions={actions} />}
      {flow.status === 'on' && flow.failingSince && braked === null ? <FailingAlert flow={flow} since={flow.failingSince} /> : null}
      {flow.counts.parked + flow.counts.reviews > 0 && flow.status === 'on' ? (
        <Alert title={t.count('flow.needsYou', flow.counts.parked + flow.counts.reviews)} variant="info">
          <Text>{t('flow.needsYou.what')}</Text>
        </Alert>
      ) : null}
    </>
  );
}

/** More would have been archived or cleared than the set share: a person says whether that is meant. */
function BrakeAlert({ flow, run, actions }: FlowAlertsProps & { run: RunView }) {
  const { t, format } = useSettings();
  const { goOn, cancel } = actions;
  return (
    <Alert title={t('brake.title')} variant="warning">
      <Text>{t('brake.what', { share: format.number(flow.policies.brakeShare) })}</Text>
      <ButtonRow>
        <LoadingButton variant="secondary" size="sm" loading={goOn.busy} onClick={() => void goOn.run(run.id)}>
          {t('brake.goOn')}
        </LoadingButton>
        <Button variant="secondary" size="sm" disabled={cancel.busy} onClick={() => void cancel.run(run.id)}>
          {t('brake.leave')}
        </Button>
      </ButtonRow>
    </Alert>
  );
}

function FailingAlert({ flow, since }: { flow: FlowView; since: number }) {
  const { t, when } = useSettings();
  const { title, what } = troubleText(flow.trouble, t);
  return (
    <Alert title={t('flow.failing', { since: when(since) })} variant="danger">
      <Text>{title}</Text>
      <Text>{what}</Text>
    </Alert>
  );
}
