import { Alert, Button, ButtonRow, LoadingButton, Text } from '@hubspot/ui-extensions';
import type { FlowView, RunView } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { stoppedByBrake } from '../sync/flows.ts';
import { troubleText } from '../sync/texts.ts';
import type { FlowActions } from './useFlowActions.ts';

interface FlowAlertsProps {
  flow: FlowView;
  actions: FlowActions;
}

/** What needs a person: a run that the brake stopped, a flow that fails, rows to decide about. */
export function FlowAlerts({ flow, actions }: FlowAlertsProps) {
  const { t } = useSettings();
  const braked = stoppedByBrake(flow);
  const fails = flow.status === 'on' && flow.trouble !== 'braked' ? flow.failingSince : null;
  return (
    <>
      {braked === null ? null : <BrakeAlert flow={flow} run={braked} actions={actions} />}
      {fails ? <FailingAlert flow={flow} since={fails} /> : null}
      {flow.counts.parked + flow.counts.reviews > 0 && flow.status === 'on' ? (
        <Alert title={t.count('flow.needsYou', flow.counts.parked + flow.counts.reviews)} variant="info">
          <Text>{t('flow.needsYou.what')}</Text>
        </Alert>
      ) : null}
    </>
  );
}

/** So many records a run may archive or clear whatever their share; the backend counts the same way. */
const ALWAYS = 20;

/**
 * More would have been archived or cleared than the set share: a person says whether that is meant, or switches off. How many it
 * would have been in all nobody knows: the run stopped before it had seen them.
 */
function BrakeAlert({ flow, run, actions }: FlowAlertsProps & { run: RunView }) {
  const { t, format } = useSettings();
  const { goOn, turn } = actions;
  const { brakeShare } = flow.policies;
  const { archived } = run.counts;
  const linked = flow.counts.linked + archived;
  const limit = Math.max(ALWAYS, Math.floor((linked * brakeShare) / 100));
  return (
    <Alert title={t('brake.title')} variant="warning">
      <Text>
        {t('brake.limit', { limit: format.number(limit), linked: format.number(linked), share: format.number(brakeShare) })}
        {archived > 0 ? ` ${t.count('brake.archived', archived)}` : ''}
      </Text>
      <Text>{t('brake.what')}</Text>
      <ButtonRow>
        <LoadingButton variant="secondary" size="sm" loading={goOn.busy} onClick={() => void goOn.run(run.id)}>
          {t('brake.goOn')}
        </LoadingButton>
        <Button variant="secondary" size="sm" disabled={turn.busy} onClick={() => void turn.run(false)}>
          {t('brake.off')}
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
