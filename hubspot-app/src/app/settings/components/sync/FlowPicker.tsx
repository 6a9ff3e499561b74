import { Select } from '@hubspot/ui-extensions';
import type { FlowView } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { flowName } from './texts.ts';

interface FlowPickerProps {
  flows: FlowView[];
  /** Empty: all of them. */
  value: string;
  onChange: (flowId: string) => void;
  hasAll?: boolean;
}

/** Which flow is looked at. */
export function FlowPicker({ flows, value, onChange, hasAll = false }: FlowPickerProps) {
  const { t } = useSettings();
  const own = flows.map((flow) => ({ value: flow.id, label: flowName(flow, t) }));
  return (
    <Select
      name="flow"
      label={t('flow.pick')}
      value={value}
      options={hasAll ? [{ value: '', label: t('flow.all') }, ...own] : own}
      onChange={(next) => onChange(String(next))}
    />
  );
}
