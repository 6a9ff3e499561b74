import { Button, ButtonRow, Flex, Input, PanelBody, PanelFooter, PanelSection, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { Unmatched, ValueTable } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { TextField } from '../TextField.tsx';
import type { MappingDraft } from './useMappingDraft.ts';

interface TableButtonProps {
  draft: MappingDraft;
  /** Null: a new one. */
  table: ValueTable | null;
  unmatched?: Unmatched[];
}

/** Changes a value table, or makes one. */
export function TableButton({ draft, table, unmatched = [] }: TableButtonProps) {
  const { t } = useSettings();
  return (
    <OverlayButton
      id={`table-${table?.name ?? 'new'}`}
      label={t(table === null ? 'tables.add' : 'row.change')}
      title={table === null ? t('tables.add') : t('tables.edit', { name: table.name })}
      size={table === null ? 'sm' : 'xs'}
    >
      {(close) => <Content draft={draft} table={table} unmatched={unmatched} onClose={close} />}
    </OverlayButton>
  );
}

type Pair = [erp: string, hubspot: string];

function Content({ draft, table, unmatched = [], onClose }: TableButtonProps & { onClose: () => void }) {
  const { t } = useSettings();
  const [name, setName] = useState(table?.name ?? '');
  const [pairs, setPairs] = useState<Pair[]>(table?.pairs ?? [['', '']]);
  const [otherwise, setOtherwise] = useState(table?.otherwise ?? '');
  const users = draft.targets.some((target) => target.rows.some((row) => row.table === table?.name));
  const isTaken = table === null && draft.tables.some((one) => one.name === name.trim());
  const isNamed = /^[a-z][a-z0-9_]{0,39}$/.test(name.trim());
  const twice = twiceIn(pairs);

  const keep = () => {
    const full = pairs.filter(([erp]) => erp.trim() !== '');
    draft.putTable({ name: name.trim(), pairs: full, otherwise: otherwise === '' ? null : otherwise });
    onClose();
  };
  const remove = () => {
    draft.removeTable(name);
    onClose();
  };
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Flex direction="column" gap="md">
            <TextField
              name="name"
              label={t('tables.name')}
              description={t('tables.name.what')}
              value={name}
              onValue={setName}
              readOnly={table !== null}
              problem={isTaken ? t('tables.name.taken') : name !== '' && !isNamed ? t('tables.name.wrong') : null}
            />
            <Pairs pairs={pairs} onChange={setPairs} />
            {twice === null ? null : <Text>{t('tables.twice', { value: twice })}</Text>}
            {unmatched.length === 0 ? null : (
              <Button
                variant="secondary"
                size="sm"
                onClick={() => setPairs([...pairs, ...unmatched.map(({ value }): Pair => [value, ''])])}
              >
                {t.count('tables.take', unmatched.length)}
              </Button>
            )}
            <TextField
              name="otherwise"
              label={t('tables.otherwise')}
              description={t('tables.otherwise.what')}
              value={otherwise}
              onValue={setOtherwise}
              isOptional
            />
          </Flex>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        <Button variant="primary" disabled={!isNamed || isTaken || twice !== null} onClick={keep}>
          {t('row.keep')}
        </Button>
        <Button variant="secondary" onClick={onClose}>
          {t('cancel')}
        </Button>
        {table === null || users ? null : (
          <Button variant="transparent" onClick={remove}>
            {t('tables.remove')}
          </Button>
        )}
      </PanelFooter>
    </>
  );
}

/** A value of the ERP that has two lines, of which only one could count. */
function twiceIn(pairs: Pair[]): string | null {
  const seen = new Set<string>();
  for (const [erp] of pairs) {
    const value = erp.trim();
    if (value !== '' && seen.has(value)) {
      return value;
    }
    seen.add(value);
  }
  return null;
}

function Pairs({ pairs, onChange }: { pairs: Pair[]; onChange: (pairs: Pair[]) => void }) {
  const { t } = useSettings();
  const change = (index: number, pair: Pair) => onChange(pairs.map((one, at) => (at === index ? pair : one)));
  return (
    <Flex direction="column" gap="sm">
      {pairs.map(([erp, hubspot], index) => (
        <Flex key={index} direction="row" gap="sm" align="end" wrap>
          <Input
            name={`erp-${index}`}
            label={t('tables.erp', { number: String(index + 1) })}
            value={erp}
            onInput={(value) => change(index, [value, hubspot])}
            onChange={(value) => change(index, [value, hubspot])}
          />
          <Input
            name={`hubspot-${index}`}
            label={t('tables.hubspot', { number: String(index + 1) })}
            value={hubspot}
            onInput={(value) => change(index, [erp, value])}
            onChange={(value) => change(index, [erp, value])}
          />
          <Button variant="transparent" size="xs" onClick={() => onChange(pairs.filter((_, at) => at !== index))}>
            {t('tables.removeLine', { number: String(index + 1) })}
          </Button>
        </Flex>
      ))}
      <ButtonRow>
        <Button variant="secondary" size="sm" onClick={() => onChange([...pairs, ['', '']])}>
          {t('tables.addLine')}
        </Button>
      </ButtonRow>
    </Flex>
  );
}
