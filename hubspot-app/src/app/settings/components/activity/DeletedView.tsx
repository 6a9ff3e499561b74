import { EmptyState, Flex, Table, TableBody, TableCell, TableHead, TableHeader, TableRow, Text } from '@hubspot/ui-extensions';
import { known, STONE_KINDS, STONE_REASONS } from '@ledgercard/shared';
import type { FlowView, Tombstone } from '@ledgercard/shared';
import { usePages } from '../../hooks/usePages.ts';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { PageButtons } from '../sync/PageButtons.tsx';
import { ErpRecord, HubspotRecord } from '../sync/Sides.tsx';
import type { ViewProps } from './ActivityTab.tsx';
import { LiftButton } from './LiftButton.tsx';
import { isErased, ofFlow } from './stones.ts';

/** What is not made again, since its record was deleted or erased in HubSpot; oldest first. */
export function DeletedView({ flows, flowId, reload }: ViewProps) {
  const { api, t } = useSettings();
  const pages = usePages();
  const query = { after: pages.at ?? '' };
  const read = useRead(JSON.stringify(query), () => api.tombstones(query));
  const again = async () => {
    await Promise.all([read.reload(), reload()]);
  };
  return (
    <Loaded read={read}>
      {({ tombstones, next }) => {
        // The backend knows no list of one flow: only one that is here as a whole can be narrowed down.
        const isWhole = pages.isFirst && !next;
        const flow = flows.find((one) => one.id === flowId);
        const shown = isWhole && flow ? tombstones.filter((stone) => ofFlow(stone, flow)) : tombstones;
        return shown.length === 0 && pages.isFirst ? (
          <EmptyState title={t('deleted.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
            <Text>{t('deleted.none.what')}</Text>
          </EmptyState>
        ) : (
          <Flex direction="column" gap="sm">
            <Text>{t('deleted.what')}</Text>
            {isWhole || !flow ? null : <Text variant="microcopy">{t('deleted.all')}</Text>}
            {shown.length === 0 ? <Text>{t('parked.none')}</Text> : <Stones stones={shown} flows={flows} reload={again} />}
            <PageButtons pages={pages} next={next} isOldestFirst />
          </Flex>
        );
      }}
    </Loaded>
  );
}

interface StonesProps {
  stones: Tombstone[];
  flows: FlowView[];
  reload: () => Promise<unknown>;
}

function Stones({ stones, flows, reload }: StonesProps) {
  const { t } = useSettings();
  const names = new Map(flows.map((flow) => [flow.connectionId, flow.connectionName]));
  return (
    <Table bordered density="condensed" testId="deleted">
      <TableHead>
        <TableRow>
          <TableHeader>{t('side.erp.name')}</TableHeader>
          <TableHeader>{t('deleted.was')}</TableHeader>
          <TableHeader>{t('deleted.why')}</TableHeader>
          <TableHeader width="min">{t('deleted.when')}</TableHeader>
          <TableHeader width="min">{t('runs.actions')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {stones.map((stone) => (
          <StoneLine
            key={stone.id}
            stone={stone}
            connectionName={names.size > 1 ? names.get(stone.connectionId) : undefined}
            reload={reload}
          />
        ))}
      </TableBody>
    </Table>
  );
}

interface StoneLineProps {
  stone: Tombstone;
  /** Told where there are several. */
  connectionName: string | undefined;
  reload: () => Promise<unknown>;
}

function StoneLine({ stone, connectionName, reload }: StoneLineProps) {
  const { t, when } = useSettings();
  const kind = t(`deleted.kind.${known(STONE_KINDS, stone.kind)}`);
  return (
    <TableRow>
      <TableCell>
        <ErpRecord id={stone.erpId} url={stone.erpUrl} />
        <Text variant="microcopy">{connectionName === undefined ? kind : `${kind}, ${connectionName}`}</Text>
      </TableCell>
      <TableCell>
        {/* HubSpot still shows what was deleted for a while; of what was erased nothing is left. */}
        <HubspotRecord objectTypeId={stone.objectTypeId} id={stone.objectId} url={isErased(stone) ? null : stone.objectUrl} />
      </TableCell>
      <TableCell>{t(`deleted.reason.${known(STONE_REASONS, stone.reason)}`)}</TableCell>
      <TableCell width="min">{when(stone.at)}</TableCell>
      <TableCell width="min">
        <LiftButton stone={stone} reload={reload} />
      </TableCell>
    </TableRow>
  );
}
