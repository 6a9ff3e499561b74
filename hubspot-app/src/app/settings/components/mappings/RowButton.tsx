import { Button, Flex, PanelBody, PanelFooter, PanelSection, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { MappingAnswer, MappingRow, MappingTarget } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { labelOf, newRowId, propertiesOf } from './fields.ts';
import { RowFields } from './RowFields.tsx';
import { SampleTest } from './SampleTest.tsx';
import type { MappingDraft } from './useMappingDraft.ts';

interface RowButtonProps {
  answer: MappingAnswer;
  target: MappingTarget;
  draft: MappingDraft;
  /** Null: a new one. */
  row: MappingRow | null;
}

/** Changes a row, or adds one. */
export function RowButton({ answer, target, draft, row }: RowButtonProps) {
  const { t } = useSettings();
  const title =
    row === null
      ? t('row.add')
      : t('row.title', { property: labelOf(propertiesOf(answer, target), row.property) });
  return (
    <OverlayButton
      id={`row-${target.key}-${row?.id ?? 'new'}`}
      label={t(row === null ? 'row.add' : 'row.change')}
      title={title}
      size={row === null ? 'sm' : 'xs'}
    >
      {(close) => <Content answer={answer} target={target} draft={draft} row={row} onClose={close} />}
    </OverlayButton>
  );
}

const NEW: MappingRow = {
  id: '',
  property: '',
  field: null,
  toHubspot: null,
  toErp: null,
  direction: 'to_hubspot',
  winner: 'erp',
  table: null,
  locked: false,
};

/** Without what only belongs to the other choice; what was found out about the row as it was says nothing of what it is now. */
function settled(row: MappingRow): MappingRow {
  const toHubspot = row.toHubspot || null;
  const needsField = toHubspot === null || row.direction !== 'to_hubspot';
  return { ...row, toHubspot, toErp: row.toErp || null, field: needsField ? (row.field ?? null) : null, fit: null };
}

function isComplete(row: MappingRow): boolean {
  const fromErp = Boolean(row.field) || Boolean(row.toHubspot);
  const toErp = Boolean(row.field);
  return row.property !== '' && (row.direction === 'to_hubspot' ? fromErp : toErp);
}

function Content({ answer, target, draft, row, onClose }: RowButtonProps & { onClose: () => void }) {
  const { t } = useSettings();
  const [own, setOwn] = useState<MappingRow>(row ?? NEW);
  const edited: MappingRow = { ...settled(own), id: row?.id ?? newRowId(own.property, target.rows) };
  const rows = row === null ? [...target.rows, edited] : target.rows.map((one) => (one.id === edited.id ? edited : one));
  const keep = () => {
    draft.putRow(target.key, edited);
    onClose();
  };
  const remove = () => {
    draft.removeRow(target.key, edited.id);
    onClose();
  };
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Flex direction="column" gap="md">
            <RowFields answer={answer} target={target} tables={draft.tables} row={own} isNew={row === null} onChange={setOwn} />
            <Text variant="microcopy">{t('row.test')}</Text>
            <SampleTest
              answer={answer}
              target={{ ...target, rows }}
              tables={draft.tables}
              only={edited.id}
              disabled={!isComplete(edited)}
            />
          </Flex>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" disabled={!isComplete(edited)} onClick={keep}>
          {t('row.keep')}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {t('cancel')}
        </Button>
        {row === null || row.locked ? null : (
          <Button variant="transparent" onClick={remove}>
            {t('row.remove')}
          </Button>
        )}
      </PanelFooter>
    </>
  );
}
