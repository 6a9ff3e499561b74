import { Accordion, Button, ButtonRow, Flex, LoadingButton, Select } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { FlowView, OnDelete, Policies } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { MorePolicies } from './MorePolicies.tsx';
import { NumberField } from './NumberField.tsx';
import { draftOf, isGrace, isShare, scheduleFault, scheduleOf, withWriting, WRITINGS, writingOf } from './policies.ts';
import type { Writing } from './policies.ts';

interface PolicyFormProps {
  flow: FlowView;
  timeZone: string;
  reload: () => Promise<unknown>;
}

/** What an administrator decides about a flow. Saving is not the tab's primary button: that is the start of a sync. */
export function PolicyForm({ flow, timeZone, reload }: PolicyFormProps) {
  const { api, t, actions } = useSettings();
  const saved = flow.policies;
  const [own, setOwn] = useState(saved);
  const [schedule, setSchedule] = useState(() => draftOf(saved.schedule, timeZone));
  const policies: Policies = { ...own, schedule: scheduleOf(schedule) };
  const isChanged = JSON.stringify(policies) !== JSON.stringify({ ...saved, schedule: scheduleOf(draftOf(saved.schedule, timeZone)) });
  const isRight = scheduleFault(schedule) === null && isShare(own.brakeShare) && isGrace(own.graceDays);
  const change = (part: Partial<Policies>) => setOwn({ ...own, ...part });

  const save = useAction(async () => {
    await api.policies({ flowId: flow.id, policies });
    actions.addAlert({ type: 'success', message: t('saved') });
    await reload();
  });
  const discard = () => {
    setOwn(saved);
    setSchedule(draftOf(saved.schedule, timeZone));
  };

  return (
    <Flex direction="column" gap="sm">
      <Writing policies={own} onChange={setOwn} />
      <Deletion policies={own} onChange={change} />
      <Accordion title={t('policy.more')}>
        <MorePolicies flow={flow} policies={own} onChange={change} schedule={schedule} onSchedule={setSchedule} />
      </Accordion>
      <ActionProblem error={save.error} />
      {isChanged ? (
        <ButtonRow>
          <LoadingButton variant="secondary" loading={save.busy} disabled={!isRight} onClick={() => void save.run()}>
            {t('save')}
          </LoadingButton>
          <Button variant="transparent" onClick={discard}>
            {t('discard')}
          </Button>
        </ButtonRow>
      ) : null}
    </Flex>
  );
}

function Writing({ policies, onChange }: { policies: Policies; onChange: (policies: Policies) => void }) {
  const { t } = useSettings();
  return (
    <Select
      name="writing"
      label={t('policy.writing')}
      description={t('policy.writing.what')}
      value={writingOf(policies)}
      options={WRITINGS.map((value) => ({ value, label: t(`policy.writing.${value}`) }))}
      onChange={(value) => onChange(withWriting(policies, value as Writing))}
    />
  );
}

const DELETIONS = ['nothing', 'archive', 'mark'] as const;

function Deletion({ policies, onChange }: { policies: Policies; onChange: (part: Partial<Policies>) => void }) {
  const { t } = useSettings();
  return (
    <>
      <Select
        name="deletion"
        label={t('policy.deletion')}
        value={policies.onDelete}
        options={DELETIONS.map((value) => ({ value, label: t(`policy.deletion.${value}`) }))}
        onChange={(value) => onChange({ onDelete: value as OnDelete })}
      />
      {policies.onDelete === 'archive' ? (
        <NumberField
          name="graceDays"
          label={t('policy.grace')}
          description={t('policy.grace.what')}
          value={policies.graceDays}
          min={0}
          max={365}
          isRight={isGrace}
          onValue={(graceDays) => onChange({ graceDays })}
        />
      ) : null}
    </>
  );
}
