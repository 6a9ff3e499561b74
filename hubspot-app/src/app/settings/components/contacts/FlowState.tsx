import { Flex, Statistics, StatisticsItem, StatusTag, Text } from '@hubspot/ui-extensions';
import { known, PHASES } from '@ledgercard/shared';
import type { FlowView, RunView } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { isUndoing, stoppedByBrake, workingRun } from '../sync/flows.ts';
import { RunProgress } from '../sync/RunProgress.tsx';
import { countsText } from '../sync/texts.ts';

type Standing = 'off' | 'undoing' | 'stopping' | 'counting' | 'ready' | 'running' | 'failing' | 'braked' | 'on';

const VARIANTS = {
  off: 'default',
  undoing: 'info',
  stopping: 'info',
  counting: 'info',
  ready: 'info',
  running: 'info',
  failing: 'danger',
  braked: 'warning',
  on: 'success',
} as const;

function standingOf(flow: FlowView): Standing {
  if (isUndoing(flow)) {
    return 'undoing';
  }
  const isWorking = workingRun(flow) !== null;
  if (flow.status === 'off') {
    return isWorking ? 'stopping' : 'off';
  }
  if (flow.status === 'preview') {
    return flow.preview?.state === 'ready' ? 'ready' : flow.preview?.state === 'failed' ? 'failing' : 'counting';
  }
  // While the brake holds, single records are still worked off.
  if (stoppedByBrake(flow) !== null) {
    return 'braked';
  }
  if (isWorking) {
    return 'running';
  }
  return flow.failingSince ? 'failing' : 'on';
}

/** How a flow stands, in one word, and since the last run and until the next in numbers. */
export function FlowState({ flow }: { flow: FlowView }) {
  const { t, format } = useSettings();
  const standing = standingOf(flow);
  const { linked, parked, waiting, reviews } = flow.counts;
  const hasRun = flow.status === 'on' || linked > 0;
  const working = workingRun(flow);
  // A preview that counts shows by itself how far it has come.
  const isShown = working !== null && !(flow.status === 'preview' && working.kind === 'preview');
  return (
    <Flex direction="column" gap="sm">
      <Flex direction="row" gap="sm" align="center" wrap>
        <StatusTag variant={VARIANTS[standing]} hollow={standing === 'off'} testId={`state-${flow.key}`}>
          {t(`standing.${standing}`)}
        </StatusTag>
        <StateLine flow={flow} />
      </Flex>
      {isShown ? <Running run={working} /> : null}
      {hasRun ? (
        <Statistics>
          <StatisticsItem label={t('flow.linked')} number={format.number(linked)} />
          <StatisticsItem label={t('flow.parked')} number={format.number(parked)} />
          <StatisticsItem label={t('flow.waiting')} number={format.number(waiting)} />
          <StatisticsItem label={t('flow.reviews')} number={format.number(reviews)} />
        </Statistics>
      ) : null}
    </Flex>
  );
}

function StateLine({ flow }: { flow: FlowView }) {
  const settings = useSettings();
  const { t, when } = settings;
  // A preview did nothing that could be told.
  const last = flow.lastRun?.kind === 'preview' ? null : flow.lastRun;
  if (isUndoing(flow)) {
    return <Text variant="microcopy">{t('flow.undoing')}</Text>;
  }
  if (flow.status === 'off' && workingRun(flow) !== null) {
    return <Text variant="microcopy">{t('flow.stopping')}</Text>;
  }
  if (flow.status === 'off') {
    return <Text variant="microcopy">{t(flow.counts.linked > 0 ? 'flow.off.kept' : 'flow.off')}</Text>;
  }
  if (flow.status === 'preview') {
    return <Text variant="microcopy">{t('flow.preview')}</Text>;
  }
  if (!last && flow.running) {
    return null;
  }
  return (
    <Text variant="microcopy">
      {last?.endedAt ? t('flow.last', { when: when(last.endedAt), what: countsText(last.counts, settings) }) : t('flow.noRun')}
      {flow.dueAt ? ` ${t('flow.next', { when: when(flow.dueAt) })}` : ''}
    </Text>
  );
}

function Running({ run }: { run: RunView }) {
  const { t } = useSettings();
  const title = run.phase ? t(`phase.${known(PHASES, run.phase)}`) : t(`run.kind.${run.kind}`);
  return <RunProgress title={title} run={run} />;
}
