import {
  Flex,
  Heading,
  StatusTag,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Tag,
  Text,
} from '@hubspot/ui-extensions';
import { FITS, known } from '@ledgercard/shared';
import type { Fit, MappingAnswer, MappingFault, MappingRow, MappingTarget } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { labelOf, propertiesOf } from './fields.ts';
import { RowButton } from './RowButton.tsx';
import { TestButton } from './SampleTest.tsx';
import { placeOf } from './useCheck.ts';
import type { Checked } from './useCheck.ts';
import type { MappingDraft } from './useMappingDraft.ts';

export interface TargetProps {
  answer: MappingAnswer;
  target: MappingTarget;
  draft: MappingDraft;
  check: Checked;
}

const TARGETS = ['person', 'company', 'mailbox', 'contact'] as const;

/** What one sort of rows becomes in HubSpot: its properties and where each comes from. */
export function TargetSection(props: TargetProps) {
  const { t } = useSettings();
  const { answer, target, draft } = props;
  const name = TARGETS.find((one) => one === target.key);
  return (
    <Flex direction="column" gap="sm">
      <Heading>{name === undefined ? target.key : t(`target.${name}`)}</Heading>
      <Table bordered density="condensed" testId={`mapping-${target.key}`}>
        <TableHead>
          <TableRow>
            <TableHeader>{t('mapping.property')}</TableHeader>
            <TableHeader width="min">{t('mapping.direction')}</TableHeader>
            <TableHeader>{t('mapping.from')}</TableHeader>
            <TableHeader>{t('mapping.winner')}</TableHeader>
            <TableHeader>{t('mapping.state')}</TableHeader>
            <TableHeader width="min">{t('runs.actions')}</TableHeader>
          </TableRow>
        </TableHead>
        <TableBody>
          {target.rows.map((row) => (
            <RowLine key={row.id} {...props} row={row} />
          ))}
        </TableBody>
      </Table>
      <Flex direction="row" gap="sm" wrap>
        <RowButton answer={answer} target={target} draft={draft} row={null} />
        <TestButton answer={answer} target={target} draft={draft} />
      </Flex>
    </Flex>
  );
}

function RowLine({ answer, target, draft, check, row }: TargetProps & { row: MappingRow }) {
  const { t } = useSettings();
  const place = placeOf(target.key, row.id);
  return (
    <TableRow>
      <TableCell>
        <Text>{labelOf(propertiesOf(answer, target), row.property)}</Text>
        <Text variant="microcopy">{row.property}</Text>
      </TableCell>
      <TableCell width="min">{t(`direction.${row.direction}`)}</TableCell>
      <TableCell>
        <Source answer={answer} row={row} />
      </TableCell>
      <TableCell>{t(`winner.${row.winner}`)}</TableCell>
      <TableCell>
        <RowState
          row={row}
          fit={check.fits.get(place) ?? row.fit ?? null}
          faults={check.faults.get(place) ?? []}
          unproved={check.roundTrips.get(place)?.proved === false}
        />
      </TableCell>
      <TableCell>
        <RowButton answer={answer} target={target} draft={draft} row={row} />
      </TableCell>
    </TableRow>
  );
}

/** What a row is filled from: a field by its label, an expression as it is written. */
function Source({ answer, row }: { answer: MappingAnswer; row: MappingRow }) {
  const { t } = useSettings();
  return (
    <>
      {row.toHubspot ? (
        <Text>{t('mapping.expression', { text: row.toHubspot })}</Text>
      ) : (
        <Text>{row.field ? labelOf(answer.erpFields, row.field) : '–'}</Text>
      )}
      {row.field ? <Text variant="microcopy">{row.field}</Text> : null}
      {row.toErp ? <Text variant="microcopy">{t('mapping.back', { text: row.toErp })}</Text> : null}
      {row.table ? <Tag inline>{t('mapping.table', { name: row.table })}</Tag> : null}
    </>
  );
}

interface RowStateProps {
  row: MappingRow;
  fit: Fit | null;
  faults: MappingFault[];
  unproved: boolean;
}

const VARIANTS = { good: 'success', lossy: 'warning', impossible: 'danger' } as const;

/** Whether a row works, and if not, or not wholly, why. */
function RowState({ row, fit, faults, unproved }: RowStateProps) {
  const { t } = useSettings();
  const state = faults.length > 0 ? 'impossible' : (fit?.state ?? 'good');
  return (
    <Flex direction="column" gap="flush" align="start">
      <StatusTag variant={VARIANTS[state]} testId={`fit-${row.id}`}>
        {t(faults.length > 0 ? 'fit.fault' : `fit.${state}`)}
      </StatusTag>
      {faults.map((fault) => (
        <Text key={fault.message} variant="microcopy">
          {fault.message}
        </Text>
      ))}
      {[...new Set((fit?.reasons ?? []).map((reason) => t(`fit.why.${known(FITS, reason)}`)))].map((why) => (
        <Text key={why} variant="microcopy">
          {why}
        </Text>
      ))}
      {unproved ? <Text variant="microcopy">{t('fit.unproved')}</Text> : null}
      {row.locked ? <Text variant="microcopy">{t('mapping.locked')}</Text> : null}
    </Flex>
  );
}
