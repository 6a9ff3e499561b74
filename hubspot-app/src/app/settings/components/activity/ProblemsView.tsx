import {
  EmptyState,
  Flex,
  LoadingButton,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { ParkedGroup } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { causeText, flowName } from '../sync/texts.ts';
import type { ViewProps } from './ActivityTab.tsx';
import { ParkedButton } from './ParkedButton.tsx';

/** Rows that the other side refused, by their cause, with what to do about each. */
export function ProblemsView({ flows, flowId, reload }: ViewProps) {
  const { api, t, actions } = useSettings();
  const read = useRead(`parked/${flowId}`, () => api.parked({ flow: flowId }));
  const again = async () => {
    await Promise.all([read.reload(), reload()]);
  };
  const retry = useAction(async (group: ParkedGroup | null) => {
    const all = new Set(group === null ? (read.answer?.groups ?? []).map((one) => one.flowId) : [group.flowId]);
    const which = group === null ? {} : { cause: group.cause, ...(group.field ? { field: group.field } : {}) };
    for (const id of all) {
      await api.retry({ flowId: id, ...which });
    }
    actions.addAlert({ type: 'success', message: t('retry.asked') });
    await again();
  });
  return (
    <Loaded read={read}>
      {({ groups }) =>
        groups.length === 0 ? (
          <EmptyState title={t('problems.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
            <Text>{t('problems.none.what')}</Text>
          </EmptyState>
        ) : (
          <Flex direction="column" gap="sm" align="start">
            <Text>{t('problems.what')}</Text>
            <ActionProblem error={retry.error} />
            <Table bordered density="condensed" testId="problems">
              <Head />
              <TableBody>
                {groups.map((group) => (
                  <GroupLine
                    key={`${group.flowId}/${group.side}/${group.cause}/${group.field ?? ''}/${group.rule ?? ''}`}
                    group={group}
                    flow={flows.length > 1 && flowId === '' ? flows.find((one) => one.id === group.flowId) : undefined}
                    busy={retry.busy}
                    onRetry={() => void retry.run(group)}
                    reload={again}
                  />
                ))}
              </TableBody>
            </Table>
            <LoadingButton variant="secondary" size="sm" loading={retry.busy} onClick={() => void retry.run(null)}>
              {t('retry.all')}
            </LoadingButton>
          </Flex>
        )
      }
    </Loaded>
  );
}

function Head() {
  const { t } = useSettings();
  return (
    <TableHead>
      <TableRow>
        <TableHeader>{t('problems.cause')}</TableHeader>
        <TableHeader>{t('problems.side')}</TableHeader>
        <TableHeader align="right" width="min">
          {t('problems.count')}
        </TableHeader>
        <TableHeader width="min">{t('runs.actions')}</TableHeader>
      </TableRow>
    </TableHead>
  );
}

interface GroupLineProps {
  group: ParkedGroup;
  flow: ViewProps['flows'][number] | undefined;
  busy: boolean;
  onRetry: () => void;
  reload: () => Promise<unknown>;
}

function GroupLine({ group, flow, busy, onRetry, reload }: GroupLineProps) {
  const { t, format } = useSettings();
  const { title, what } = causeText(group, t);
  return (
    <TableRow>
      <TableCell>
        <Text format={{ fontWeight: 'demibold' }}>{title}</Text>
        <Text variant="microcopy">{what}</Text>
        {flow === undefined ? null : <Text variant="microcopy">{flowName(flow, t)}</Text>}
      </TableCell>
      <TableCell>{t(`problems.side.${group.side}`)}</TableCell>
      <TableCell align="right">{format.number(group.count)}</TableCell>
      <TableCell>
        <Flex direction="row" gap="xs">
          <ParkedButton group={group} reload={reload} />
          <LoadingButton variant="secondary" size="xs" loading={busy} onClick={onRetry}>
            {t('retry.group')}
          </LoadingButton>
        </Flex>
      </TableCell>
    </TableRow>
  );
}
