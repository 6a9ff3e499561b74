import { Select } from '@hubspot/ui-extensions';
import { useSettings } from '../SettingsContext.tsx';
import { TextField } from '../TextField.tsx';
import { NumberField } from './NumberField.tsx';
import { LONGEST_S, scheduleFault, UNITS } from './policies.ts';
import type { ScheduleDraft, Unit } from './policies.ts';

interface ScheduleFieldsProps {
  draft: ScheduleDraft;
  onChange: (draft: ScheduleDraft) => void;
}

/** When a flow comes due by itself: so long after it ended, or once a day. */
export function ScheduleFields({ draft, onChange }: ScheduleFieldsProps) {
  const { t } = useSettings();
  const fault = scheduleFault(draft);
  return (
    <>
      <Select
        name="schedule"
        label={t('schedule')}
        value={draft.kind}
        options={(['every', 'daily'] as const).map((value) => ({ value, label: t(`schedule.${value}`) }))}
        onChange={(value) => onChange({ ...draft, kind: value as ScheduleDraft['kind'] })}
      />
      {draft.kind === 'every' ? (
        <>
          <NumberField
            name="amount"
            label={t('schedule.amount')}
            description={t('schedule.amount.what')}
            value={draft.amount}
            min={1}
            max={LONGEST_S}
            isRight={(value) => Number.isInteger(value) && fault !== 'pause'}
            wrong={t('schedule.amount.wrong')}
            onValue={(amount) => onChange({ ...draft, amount })}
          />
          <Select
            name="unit"
            label={t('schedule.unit')}
            value={draft.unit}
            options={UNITS.map((value) => ({ value, label: t(`schedule.unit.${value}`) }))}
            onChange={(value) => onChange({ ...draft, unit: value as Unit })}
          />
        </>
      ) : (
        <>
          <TextField
            name="dailyAt"
            label={t('schedule.time')}
            value={draft.dailyAt}
            onValue={(dailyAt) => onChange({ ...draft, dailyAt })}
            problem={fault === 'time' ? t('schedule.time.wrong') : null}
          />
          <TextField
            name="timeZone"
            label={t('schedule.zone')}
            description={t('schedule.zone.what')}
            value={draft.timeZone}
            onValue={(timeZone) => onChange({ ...draft, timeZone })}
            problem={fault === 'zone' ? t('schedule.zone.wrong') : null}
          />
        </>
      )}
    </>
  );
}
