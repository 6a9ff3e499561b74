import { Alert, Checkbox, Flex, Select, Text } from '@hubspot/ui-extensions';
import type { FlowView, Inactive, Policies, ToErp } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { NumberField } from './NumberField.tsx';
import { isShare } from './policies.ts';
import type { ScheduleDraft } from './policies.ts';
import { ScheduleFields } from './ScheduleFields.tsx';

interface MorePoliciesProps {
  flow: FlowView;
  policies: Policies;
  onChange: (part: Partial<Policies>) => void;
  schedule: ScheduleDraft;
  onSchedule: (draft: ScheduleDraft) => void;
}

const INACTIVE = ['keep', 'skip'] as const;
const TO_ERP = ['off', 'update', 'create'] as const;

/** What is rarely decided anew. */
export function MorePolicies({ flow, policies, onChange, schedule, onSchedule }: MorePoliciesProps) {
  const { t } = useSettings();
  return (
    <Flex direction="column" gap="sm">
      {flow.key === 'customers' ? (
        <Checkbox
          name="mailbox"
          checked={policies.mailbox}
          description={t('policy.mailbox.what')}
          onChange={(mailbox) => onChange({ mailbox })}
        >
          {t('policy.mailbox')}
        </Checkbox>
      ) : null}
      <Select
        name="inactive"
        label={t('policy.inactive')}
        value={policies.inactive}
        options={INACTIVE.map((value) => ({ value, label: t(`policy.inactive.${value}`) }))}
        onChange={(value) => onChange({ inactive: value as Inactive })}
      />
      <Select
        name="toErp"
        label={t('policy.toErp')}
        value={policies.toErp}
        options={TO_ERP.map((value) => ({ value, label: t(`policy.toErp.${value}`) }))}
        onChange={(value) => onChange({ toErp: value as ToErp })}
      />
      {policies.toErp === 'off' ? null : (
        <Alert title={t('policy.toErp.warning')} variant="warning">
          <Text>{t('policy.toErp.warning.what')}</Text>
        </Alert>
      )}
      <ScheduleFields draft={schedule} onChange={onSchedule} />
      <NumberField
        name="brakeShare"
        label={t('policy.brake')}
        description={t('policy.brake.what')}
        value={policies.brakeShare}
        min={1}
        max={100}
        isRight={isShare}
        onValue={(brakeShare) => onChange({ brakeShare })}
      />
    </Flex>
  );
}
