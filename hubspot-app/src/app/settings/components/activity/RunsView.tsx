import {
  EmptyState,
  Flex,
  LoadingButton,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { RunView } from '@ledgercard/shared';
import { BUSY_MS } from '../../hooks/useFlows.ts';
import { usePages } from '../../hooks/usePages.ts';
import { usePoll } from '../../hooks/usePoll.ts';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { PageButtons } from '../sync/PageButtons.tsx';
import { RunProgress } from '../sync/RunProgress.tsx';
import { doneText, troubleText } from '../sync/texts.ts';
import type { ViewProps } from './ActivityTab.tsx';
import { DownloadButton } from './DownloadButton.tsx';
import { UndoButton } from './UndoButton.tsx';

/** The backend sends so many at a time; where it sent fewer there are none before. */
const PAGE = 20;

/** The runs, newest first, with their progress while they are at work. */
export function RunsView({ flowId, userId, reload }: ViewProps) {
  const { api, t } = useSettings();
  const pages = usePages();
  const query = { flow: flowId, ...(pages.at === undefined ? {} : { before: Number(pages.at) }) };
  const read = useRead(JSON.stringify(query), () => api.runs(query));
  const isWorking = read.answer?.runs.some((run) => run.state === 'running') === true;
  usePoll(read.reload, isWorking && !read.busy ? BUSY_MS : null, read.answer);
  const again = async () => {
    await Promise.all([read.reload(), reload()]);
  };
  return (
    <Loaded read={read}>
      {({ runs }) =>
        runs.length === 0 && pages.isFirst ? (
          <EmptyState title={t('runs.none')} layout="vertical" imageName="emptyStateCharts" imageWidth={140} flush>
            <Text>{t('runs.none.what')}</Text>
          </EmptyState>
        ) : (
          <Flex direction="column" gap="sm">
            <Runs runs={runs} userId={userId} reload={again} />
            <PageButtons pages={pages} next={runs.length < PAGE ? null : String(runs.at(-1)?.startedAt ?? '')} />
          </Flex>
        )
      }
    </Loaded>
  );
}

interface RunsProps {
  runs: RunView[];
  userId: string;
  reload: () => Promise<unknown>;
}

function Runs({ runs, userId, reload }: RunsProps) {
  const { t } = useSettings();
  return (
    <Table bordered density="condensed" testId="runs">
      <TableHead>
        <TableRow>
          <TableHeader width="min">{t('runs.when')}</TableHeader>
          <TableHeader width="min">{t('runs.outcome')}</TableHeader>
          <TableHeader>{t('runs.done')}</TableHeader>
          <TableHeader width="min">{t('runs.actions')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {runs.map((run) => (
          <RunLine key={run.id} run={run} userId={userId} reload={reload} />
        ))}
      </TableBody>
    </Table>
  );
}

const VARIANTS = { running: 'info', done: 'success', failed: 'danger', cancelled: 'default', braked: 'warning' } as const;

interface RunLineProps extends Omit<RunsProps, 'runs'> {
  run: RunView;
}

function RunLine({ run, userId, reload }: RunLineProps) {
  const settings = useSettings();
  const { t, when } = settings;
  return (
    <TableRow>
      <TableCell width="min">
        <Text>{when(run.startedAt)}</Text>
        <Text variant="microcopy">{`${t(`run.kind.${run.kind}`)}, ${whoText(run, userId, t)}`}</Text>
      </TableCell>
      <TableCell width="min">
        <StatusTag variant={VARIANTS[run.state]} hollow={run.state === 'cancelled'}>
          {t(`run.state.${run.state}`)}
        </StatusTag>
        {run.undoneBy ? <Text variant="microcopy">{t('run.undone')}</Text> : null}
      </TableCell>
      <TableCell>
        {run.state === 'running' ? (
          <RunProgress title={t(`run.kind.${run.kind}`)} run={run} />
        ) : (
          <Text>{doneText(run, settings)}</Text>
        )}
        {run.trouble ? <Trouble code={run.trouble} /> : null}
      </TableCell>
      <TableCell width="min">
        <RunActions run={run} userId={userId} reload={reload} />
      </TableCell>
    </TableRow>
  );
}

function whoText(run: RunView, userId: string, t: ReturnType<typeof useSettings>['t']): string {
  if (run.cause !== 'hand' || !run.askedBy) {
    return t(`run.cause.${run.cause}`);
  }
  return run.askedBy === userId ? t('run.byYou') : t('run.byUser', { id: run.askedBy });
}

function Trouble({ code }: { code: string }) {
  const { t } = useSettings();
  const { title, what } = troubleText(code, t);
  return <Text variant="microcopy">{`${title} ${what}`}</Text>;
}

function RunActions({ run, reload }: RunLineProps) {
  const { api, t, actions } = useSettings();
  const cancel = useAction(async () => {
    await api.cancelRun({ runId: run.id });
    actions.addAlert({ type: 'info', message: t('run.cancelling') });
    await reload();
  });
  if (run.state === 'running') {
    return (
      <>
        <LoadingButton variant="secondary" size="xs" loading={cancel.busy} onClick={() => void cancel.run()}>
          {t('run.cancel')}
        </LoadingButton>
        <ActionProblem error={cancel.error} />
      </>
    );
  }
  return (
    <Flex direction="row" gap="xs">
      {run.undoable && !run.undoneBy ? <UndoButton run={run} reload={reload} /> : null}
      <DownloadButton request={{ run: run.id }} size="xs" />
    </Flex>
  );
}
