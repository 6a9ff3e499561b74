import {
  Button,
  EmptyState,
  Flex,
  Select,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import { useState } from 'react';
import { DEEDS, known } from '@ledgercard/shared';
import type { ActivityEntry } from '@ledgercard/shared';
import { usePages } from '../../hooks/usePages.ts';
import { useRead } from '../../hooks/useRead.ts';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { PageButtons } from '../sync/PageButtons.tsx';
import { ErpRecord, HubspotRecord } from '../sync/Sides.tsx';
import { causeText } from '../sync/texts.ts';
import type { ViewProps } from './ActivityTab.tsx';
import { DownloadButton } from './DownloadButton.tsx';

const PAGE = 50;

/** What was done, entry by entry: which record, which fields, never their values. */
export function LogView({ flowId }: ViewProps) {
  const { api, t } = useSettings();
  const [what, setWhat] = useState('');
  const pages = usePages();
  const query = { flow: flowId, what, before: pages.at ?? '', limit: PAGE };
  const read = useRead(JSON.stringify(query), () => api.activity(query));
  const filter = (next: string) => {
    setWhat(next);
    pages.first();
  };
  return (
    <Flex direction="column" gap="sm">
      <Select
        name="what"
        label={t('log.filter')}
        value={what}
        options={[
          { value: '', label: t('log.filter.all') },
          ...DEEDS.filter((deed) => deed !== 'other').map((deed) => ({ value: deed, label: t(`deed.${deed}`) })),
        ]}
        onChange={(next) => filter(String(next))}
      />
      <Loaded read={read}>
        {({ entries, next }) => (
          <>
            {entries.length === 0 ? <NoEntries isFiltered={what !== ''} onClear={() => filter('')} /> : <Entries entries={entries} />}
            <PageButtons pages={pages} next={next} />
          </>
        )}
      </Loaded>
      <Flex direction="row">
        <DownloadButton request={flowId === '' ? {} : { flowId }} />
      </Flex>
    </Flex>
  );
}

function NoEntries({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  const { t } = useSettings();
  return (
    <EmptyState title={t(isFiltered ? 'log.noneOfThese' : 'log.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
      <Text>{t('log.none.what')}</Text>
      {isFiltered ? (
        <Button variant="secondary" size="sm" onClick={onClear}>
          {t('log.clear')}
        </Button>
      ) : null}
    </EmptyState>
  );
}

function Entries({ entries }: { entries: ActivityEntry[] }) {
  const { t } = useSettings();
  return (
    <Table bordered density="condensed" testId="log">
      <TableHead>
        <TableRow>
          <TableHeader width="min">{t('log.when')}</TableHeader>
          <TableHeader>{t('log.what')}</TableHeader>
          <TableHeader width="min">{t('side.erp.name')}</TableHeader>
          <TableHeader width="min">{t('side.hubspot.name')}</TableHeader>
          <TableHeader>{t('log.fields')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {entries.map((entry) => (
          <EntryLine key={entry.id} entry={entry} />
        ))}
      </TableBody>
    </Table>
  );
}

function EntryLine({ entry }: { entry: ActivityEntry }) {
  const { t, format, when } = useSettings();
  return (
    <TableRow>
      <TableCell width="min">{when(entry.at)}</TableCell>
      <TableCell>
        <Text>{t(`deed.${known(DEEDS, entry.what)}`)}</Text>
        {entry.cause ? <Text variant="microcopy">{causeText(entry, t).title}</Text> : null}
      </TableCell>
      <TableCell width="min">
        <ErpRecord id={entry.erpId} url={entry.erpUrl} />
      </TableCell>
      <TableCell width="min">
        <HubspotRecord objectTypeId={entry.objectTypeId} id={entry.objectId} url={entry.objectUrl} />
      </TableCell>
      <TableCell>{entry.fields.length === 0 ? '–' : format.list(entry.fields)}</TableCell>
    </TableRow>
  );
}
