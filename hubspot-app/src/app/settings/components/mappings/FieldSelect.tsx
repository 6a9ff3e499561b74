import { Flex, SearchInput, Select, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { MappingField } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { search } from './fields.ts';

interface FieldSelectProps {
  name: string;
  label: string;
  fields: MappingField[];
  value: string | null;
  onValue: (name: string) => void;
}

/** One of very many fields: what is typed narrows the list, by label, name and kind. */
export function FieldSelect({ name, label, fields, value, onValue }: FieldSelectProps) {
  const { t } = useSettings();
  const [typed, setTyped] = useState('');
  const found = search(fields, typed, value);
  const options = found.fields.map((field) => ({
    value: field.name,
    label: t(field.custom ? 'field.option.custom' : 'field.option', {
      label: field.label,
      name: field.name,
      kind: t(`kind.${field.kind}`),
    }),
  }));
  return (
    <Flex direction="column" gap="xs">
      <SearchInput
        name={`${name}-search`}
        label={t('field.search', { label })}
        value={typed}
        onInput={setTyped}
        onChange={setTyped}
        clearable
      />
      <Select
        name={name}
        label={label}
        required
        value={value ?? ''}
        options={value === null ? [{ value: '', label: t('field.choose') }, ...options] : options}
        onChange={(next) => onValue(String(next))}
      />
      {found.more > 0 ? <Text variant="microcopy">{t.count('field.more', found.more)}</Text> : null}
    </Flex>
  );
}
