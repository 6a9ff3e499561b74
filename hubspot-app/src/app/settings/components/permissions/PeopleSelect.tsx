import { MultiSelect } from '@hubspot/ui-extensions';
import { useSettings } from '../SettingsContext.tsx';
import type { Option } from './people.ts';

interface PeopleSelectProps {
  name: string;
  label: string;
  description?: string;
  chosen: string[];
  options: Option[];
  onChange: (chosen: string[]) => void;
}

export function PeopleSelect({ name, label, description, chosen, options, onChange }: PeopleSelectProps) {
  const { t } = useSettings();
  return (
    <MultiSelect
      name={name}
      label={label}
      placeholder={t('permissions.choose')}
      value={chosen}
      options={options}
      onChange={(values) => onChange(values.map(String))}
      {...(description === undefined ? {} : { description })}
    />
  );
}
