import { Flex, Select, TextArea, Text, ToggleGroup } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { Direction, MappingAnswer, MappingField, MappingRow, MappingTarget, ValueTable, Winner } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { canFill, labelOf, propertiesOf } from './fields.ts';
import { FieldSelect } from './FieldSelect.tsx';

interface RowFieldsProps {
  answer: MappingAnswer;
  target: MappingTarget;
  tables: ValueTable[];
  row: MappingRow;
  isNew: boolean;
  onChange: (row: MappingRow) => void;
}

const DIRECTIONS = ['to_hubspot', 'to_erp', 'both'] as const;
const WINNERS = ['newest', 'erp', 'hubspot', 'only_if_empty', 'only_at_creation', 'never'] as const;

/** All that can be said of a row. A row that is there keeps its property: another property is another row. */
export function RowFields(props: RowFieldsProps) {
  const { t } = useSettings();
  const { answer, target, tables, row, isNew, onChange } = props;
  const change = (part: Partial<MappingRow>) => onChange({ ...row, ...part });
  const properties = propertiesOf(answer, target);
  const free = properties.filter((one) => !one.readOnly && !target.rows.some((other) => other.property === one.name));
  return (
    <Flex direction="column" gap="md">
      {isNew ? (
        <FieldSelect
          name="property"
          label={t('row.property')}
          fields={free}
          value={row.property === '' ? null : row.property}
          onValue={(property) => change({ property, field: null })}
        />
      ) : (
        <Text format={{ fontWeight: 'demibold' }}>{labelOf(properties, row.property)}</Text>
      )}
      <Select
        name="direction"
        label={t('row.direction')}
        value={row.direction}
        options={DIRECTIONS.map((value) => ({ value, label: t(`row.direction.${value}`) }))}
        onChange={(value) => change({ direction: value as Direction })}
      />
      <Source {...props} change={change} property={properties.find((one) => one.name === row.property) ?? null} />
      <Select
        name="winner"
        label={t('row.winner')}
        description={t('row.winner.what')}
        value={row.winner}
        options={WINNERS.map((value) => ({ value, label: t(`winner.${value}`) }))}
        onChange={(value) => change({ winner: value as Winner })}
      />
      {tables.length === 0 ? null : (
        <Select
          name="table"
          label={t('row.table')}
          value={row.table ?? ''}
          options={[{ value: '', label: t('row.table.none') }, ...tables.map(({ name }) => ({ value: name, label: name }))]}
          onChange={(value) => change({ table: value === '' ? null : String(value) })}
        />
      )}
    </Flex>
  );
}

interface SourceProps extends RowFieldsProps {
  change: (part: Partial<MappingRow>) => void;
  property: MappingField | null;
}

/** A field, or an expression. Fields that can never fill the property are not offered. */
function Source({ answer, row, change, property }: SourceProps) {
  const { t } = useSettings();
  const [isExpression, setExpression] = useState(Boolean(row.toHubspot) || Boolean(row.toErp));
  const goesBack = row.direction !== 'to_hubspot';
  const fields = answer.erpFields.filter(
    (field) =>
      field.name === row.field ||
      ((property === null || isExpression || canFill(field, property)) && !(goesBack && field.readOnly)),
  );
  const choose = (value: string) => {
    setExpression(value === 'expression');
    change(value === 'expression' ? { toHubspot: row.field ?? '' } : { toHubspot: null, toErp: null });
  };
  return (
    <>
      <ToggleGroup
        toggleType="radioButtonList"
        name="source"
        label={t('row.source')}
        value={isExpression ? 'expression' : 'field'}
        onChange={choose}
        options={(['field', 'expression'] as const).map((value) => ({
          value,
          label: t(`row.source.${value}`),
          description: t(`row.source.${value}.what`),
        }))}
      />
      {isExpression && !goesBack ? null : (
        <FieldSelect
          name="field"
          label={t('row.field')}
          fields={fields}
          value={row.field ?? null}
          onValue={(field) => change({ field })}
        />
      )}
      {isExpression && row.direction !== 'to_erp' ? (
        <TextArea
          name="toHubspot"
          label={t('row.toHubspot')}
          description={t('row.toHubspot.what')}
          value={row.toHubspot ?? ''}
          rows={3}
          onInput={(toHubspot) => change({ toHubspot })}
          onChange={(toHubspot) => change({ toHubspot })}
        />
      ) : null}
      {isExpression && goesBack ? (
        <TextArea
          name="toErp"
          label={t('row.toErp')}
          description={t('row.toErp.what')}
          value={row.toErp ?? ''}
          rows={3}
          onInput={(toErp) => change({ toErp })}
          onChange={(toErp) => change({ toErp })}
        />
      ) : null}
    </>
  );
}
