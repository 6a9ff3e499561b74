import {
  Button,
  Flex,
  LoadingButton,
  PanelBody,
  PanelFooter,
  PanelSection,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { ParkedGroup, ParkedRow } from '@ledgercard/shared';
import { usePages } from '../../hooks/usePages.ts';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { PageButtons } from '../sync/PageButtons.tsx';
import { ErpRecord, HubspotRecord } from '../sync/Sides.tsx';
import { causeText } from '../sync/texts.ts';

interface ParkedProps {
  group: ParkedGroup;
  reload: () => Promise<unknown>;
}

/** The records of one cause, with the way to each on both sides. */
export function ParkedButton({ group, reload }: ParkedProps) {
  const { t } = useSettings();
  return (
    <OverlayButton
      id={`parked-${group.flowId}-${group.side}-${group.cause}-${group.field ?? ''}`}
      label={t('parked.show')}
      title={causeText(group, t).title}
      size="xs"
    >
      {(close) => <Content group={group} reload={reload} onClose={close} />}
    </OverlayButton>
  );
}

function Content({ group, reload, onClose }: ParkedProps & { onClose: () => void }) {
  const { api, t } = useSettings();
  const pages = usePages();
  const { flowId: flow, cause, field } = group;
  const query = { flow, cause, field: field ?? '', after: pages.at ?? '' };
  const read = useRead(JSON.stringify(query), () => api.parkedRows(query));
  const again = async () => {
    await Promise.all([read.reload(), reload()]);
  };
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Flex direction="column" gap="sm">
            <Text>{causeText(group, t).what}</Text>
            <Loaded read={read}>
              {({ rows, next }) => (
                <>
                  <Rows rows={rows} flowId={flow} reload={again} />
                  <PageButtons pages={pages} next={next} isOldestFirst />
                </>
              )}
            </Loaded>
          </Flex>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        <Button variant="secondary" onClick={onClose}>
          {t('close')}
        </Button>
      </PanelFooter>
    </>
  );
}

interface RowsProps {
  rows: ParkedRow[];
  flowId: string;
  reload: () => Promise<unknown>;
}

function Rows({ rows, flowId, reload }: RowsProps) {
  const { t } = useSettings();
  if (rows.length === 0) {
    return <Text>{t('parked.none')}</Text>;
  }
  return (
    <Table bordered density="condensed" testId="parked">
      <TableHead>
        <TableRow>
          <TableHeader>{t('side.erp.name')}</TableHeader>
          <TableHeader>{t('side.hubspot.name')}</TableHeader>
          <TableHeader>{t('parked.tried')}</TableHeader>
          <TableHeader width="min">{t('runs.actions')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <RowLine key={row.id} row={row} flowId={flowId} reload={reload} />
        ))}
      </TableBody>
    </Table>
  );
}

function RowLine({ row, flowId, reload }: Omit<RowsProps, 'rows'> & { row: ParkedRow }) {
  const { api, t, when, actions } = useSettings();
  const retry = useAction(async () => {
    await api.retry({ flowId, id: row.id });
    actions.addAlert({ type: 'success', message: t('retry.asked') });
    await reload();
  });
  return (
    <TableRow>
      <TableCell>
        <ErpRecord id={row.erpId} url={row.erpUrl} />
      </TableCell>
      <TableCell>
        <HubspotRecord objectTypeId={row.objectTypeId} id={row.objectId} url={row.objectUrl} />
      </TableCell>
      <TableCell>
        <Text>{t.count('parked.attempts', row.attempts)}</Text>
        <Text variant="microcopy">{t('parked.last', { when: when(row.lastAt) })}</Text>
      </TableCell>
      <TableCell>
        <LoadingButton variant="secondary" size="xs" loading={retry.busy} onClick={() => void retry.run()}>
          {t('retry.one')}
        </LoadingButton>
        <ActionProblem error={retry.error} />
      </TableCell>
    </TableRow>
  );
}
