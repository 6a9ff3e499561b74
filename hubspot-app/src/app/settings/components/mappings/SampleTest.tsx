import {
  Alert,
  Button,
  Flex,
  List,
  LoadingButton,
  PanelBody,
  PanelFooter,
  PanelSection,
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
import { useAction } from '@ledgercard/shared';
import type { CheckAnswer, CheckSample, MappingAnswer, MappingTarget, SyncSide, ValueTable } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { TextField } from '../TextField.tsx';
import { labelOf, propertiesOf } from './fields.ts';
import type { MappingDraft } from './useMappingDraft.ts';

interface SampleTestProps {
  answer: MappingAnswer;
  target: MappingTarget;
  tables: ValueTable[];
  /** The one row that is looked at; none: all of them. */
  only?: string;
  disabled?: boolean;
}

/** Tries the mapping as it stands here on a record: both sides before and after. Nothing is written. */
export function SampleTest({ answer, target, tables, only, disabled = false }: SampleTestProps) {
  const { api, t } = useSettings();
  const [side, setSide] = useState<SyncSide>('erp');
  const [id, setId] = useState('');
  const [result, setResult] = useState<CheckAnswer | null>(null);
  const test = useAction(async () => {
    const sample = { side, id: id.trim() };
    setResult(await api.check({ flowId: answer.flowId, target: target.key, rows: target.rows, tables, sample }));
  });
  const faults = (result?.faults ?? []).filter((fault) => only === undefined || !fault.rowId || fault.rowId === only);
  return (
    <Flex direction="column" gap="sm">
      <Select
        name="side"
        label={t('test.side')}
        value={side}
        options={(['erp', 'hubspot'] as const).map((value) => ({ value, label: t(`side.${value}.name`) }))}
        onChange={(value) => setSide(value as SyncSide)}
      />
      <TextField name="record" label={t('test.record')} description={t(`run.record.id.${side}`)} value={id} onValue={setId} isOptional />
      <Flex direction="row">
        <LoadingButton
          variant="secondary"
          size="sm"
          loading={test.busy}
          disabled={disabled || id.trim() === ''}
          onClick={() => void test.run()}
        >
          {t('test.go')}
        </LoadingButton>
      </Flex>
      <ActionProblem error={test.error} />
      {faults.length === 0 ? null : (
        <Alert title={t.count('mapping.faults', faults.length)} variant="danger">
          <List>
            {faults.map((fault) => (
              <Text key={`${fault.rowId ?? ''}/${fault.message}`}>{[fault.where, fault.message].filter(Boolean).join(': ')}</Text>
            ))}
          </List>
        </Alert>
      )}
      {result === null ? null : <Result result={result.sample ?? null} answer={answer} target={target} only={only} />}
    </Flex>
  );
}

interface ResultProps {
  result: CheckSample | null;
  answer: MappingAnswer;
  target: MappingTarget;
  only: string | undefined;
}

function Result({ result, answer, target, only }: ResultProps) {
  const { t } = useSettings();
  if (result === null) {
    return <Text>{t('test.none')}</Text>;
  }
  const properties = propertiesOf(answer, target);
  const propertyOf = (rowId: string) => target.rows.find((row) => row.id === rowId)?.property ?? rowId;
  return (
    <Table bordered density="condensed" testId="sample">
      <TableHead>
        <TableRow>
          <TableHeader>{t('mapping.property')}</TableHeader>
          <TableHeader>{t('test.erp')}</TableHeader>
          <TableHeader>{t('test.hubspot')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {result.rows
          .filter((row) => only === undefined || row.rowId === only)
          .map((row) => (
            <TableRow key={row.rowId}>
              <TableCell>{labelOf(properties, propertyOf(row.rowId))}</TableCell>
              <TableCell>
                <BeforeAfter before={row.erpBefore} after={row.erpAfter} />
              </TableCell>
              <TableCell>
                <BeforeAfter before={row.hubspotBefore} after={row.hubspotAfter} />
              </TableCell>
            </TableRow>
          ))}
      </TableBody>
    </Table>
  );
}

/** Absent: not known or left alone; empty: nothing there. */
function BeforeAfter({ before, after }: { before: string | null | undefined; after: string | null | undefined }) {
  const { t } = useSettings();
  const then = before || '–';
  if (!before && !after) {
    return <Text>{then}</Text>;
  }
  if (after === null || after === undefined || after === before) {
    return (
      <>
        <Text>{then}</Text>
        <Text variant="microcopy">{t('test.same')}</Text>
      </>
    );
  }
  return <Text>{t('test.change', { before: then, after: after === '' ? '–' : after })}</Text>;
}

interface TestButtonProps {
  answer: MappingAnswer;
  target: MappingTarget;
  draft: MappingDraft;
}

/** Tries all rows of a target at once. */
export function TestButton({ answer, target, draft }: TestButtonProps) {
  const { t } = useSettings();
  return (
    <OverlayButton id={`test-${target.key}`} label={t('test.button')} title={t('test.title')}>
      {(close) => (
        <>
          <PanelBody>
            <PanelSection>
              <Flex direction="column" gap="sm">
                <Text>{t('test.what')}</Text>
                <SampleTest answer={answer} target={target} tables={draft.tables} />
              </Flex>
            </PanelSection>
          </PanelBody>
          <PanelFooter>
            <Button variant="secondary" onClick={close}>
              {t('close')}
            </Button>
          </PanelFooter>
        </>
      )}
    </OverlayButton>
  );
}
