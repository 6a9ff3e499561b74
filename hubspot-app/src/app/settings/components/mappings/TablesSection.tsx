import { Button, Flex, Heading, LoadingButton, Table, TableBody, TableCell, TableHead, TableHeader, TableRow, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { MappingAnswer, Unmatched, ValueTable } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { TableButton } from './TableButton.tsx';
import type { MappingDraft } from './useMappingDraft.ts';

interface TablesProps {
  answer: MappingAnswer;
  draft: MappingDraft;
}

/** Value tables, and the values that none of their lines is for. Those are read live from both sides and kept nowhere. */
export function TablesSection({ answer, draft }: TablesProps) {
  const { api, t } = useSettings();
  const [unmatched, setUnmatched] = useState<Unmatched[] | null>(null);
  const look = useAction(async () => {
    const answers = await Promise.all(
      draft.targets.map((target) =>
        api.check({ flowId: answer.flowId, target: target.key, rows: target.rows, tables: draft.tables }),
      ),
    );
    setUnmatched(joined(answers.flatMap((one) => one.unmatched)));
  });
  return (
    <Flex direction="column" gap="sm">
      <Heading>{t('tables.title')}</Heading>
      <Text>{t('tables.what')}</Text>
      {draft.tables.length === 0 ? null : <Tables draft={draft} unmatched={unmatched} />}
      {unmatched === null ? null : <UnmatchedList unmatched={unmatched} />}
      <ActionProblem error={look.error} />
      <Flex direction="row" gap="sm" wrap>
        <TableButton draft={draft} table={null} />
        {draft.tables.length === 0 ? null : (
          <LoadingButton variant="secondary" size="sm" loading={look.busy} onClick={() => void look.run()}>
            {t('tables.look')}
          </LoadingButton>
        )}
      </Flex>
    </Flex>
  );
}

/** A table that several targets use has the values of all of them. */
function joined(all: Unmatched[]): Unmatched[] {
  const sums = new Map<string, Unmatched>();
  for (const one of all) {
    const key = `${one.table}\n${one.value}`;
    sums.set(key, { ...one, count: one.count + (sums.get(key)?.count ?? 0) });
  }
  return [...sums.values()].sort((a, b) => b.count - a.count);
}

function Tables({ draft, unmatched }: { draft: MappingDraft; unmatched: Unmatched[] | null }) {
  const { t, format } = useSettings();
  const usersOf = (table: ValueTable) =>
    draft.targets.flatMap((target) => target.rows.filter((row) => row.table === table.name).map((row) => row.property));
  return (
    <Table bordered density="condensed" testId="tables">
      <TableHead>
        <TableRow>
          <TableHeader>{t('tables.name')}</TableHeader>
          <TableHeader>{t('tables.pairs')}</TableHeader>
          <TableHeader>{t('tables.usedBy')}</TableHeader>
          <TableHeader>{t('tables.unmatched')}</TableHeader>
          <TableHeader width="min">{t('runs.actions')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {draft.tables.map((table) => (
          <TableRow key={table.name}>
            <TableCell>{table.name}</TableCell>
            <TableCell>{format.number(table.pairs.length)}</TableCell>
            <TableCell>{usersOf(table).length === 0 ? '–' : format.list([...new Set(usersOf(table))])}</TableCell>
            <TableCell>
              {unmatched === null ? '–' : format.number(unmatched.filter((one) => one.table === table.name).length)}
            </TableCell>
            <TableCell>
              <TableButton draft={draft} table={table} unmatched={(unmatched ?? []).filter((one) => one.table === table.name)} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

const SHOWN = 20;

function UnmatchedList({ unmatched }: { unmatched: Unmatched[] }) {
  const { t, format } = useSettings();
  const [isAll, setAll] = useState(false);
  if (unmatched.length === 0) {
    return <Text>{t('tables.allMatched')}</Text>;
  }
  return (
    <Flex direction="column" gap="xs" align="start">
      <Text format={{ fontWeight: 'demibold' }}>{t.count('tables.unmatchedValues', unmatched.length)}</Text>
      {unmatched.slice(0, isAll ? unmatched.length : SHOWN).map((one) => (
        <Text key={`${one.table}/${one.value}`}>
          {t('tables.value', { table: one.table, value: one.value, rows: format.number(one.count) })}
        </Text>
      ))}
      {isAll || unmatched.length <= SHOWN ? null : (
        <Button variant="transparent" size="xs" onClick={() => setAll(true)}>
          {t('tables.showAll')}
        </Button>
      )}
    </Flex>
  );
}
