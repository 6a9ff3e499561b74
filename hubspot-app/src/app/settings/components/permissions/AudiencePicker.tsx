import { Alert, Flex, Text, ToggleGroup } from '@hubspot/ui-extensions';
import type { Audience, PeopleAnswer } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { PeopleSelect } from './PeopleSelect.tsx';
import { teamOptions, userOptions } from './people.ts';

interface AudiencePickerProps {
  name: string;
  label: string;
  description?: string;
  audience: Audience;
  people: PeopleAnswer;
  onChange: (audience: Audience) => void;
}

/** Everybody, or some users and teams. Who was chosen is kept while "everybody" is tried out. */
export function AudiencePicker({ name, label, description, audience, people, onChange }: AudiencePickerProps) {
  const { t } = useSettings();
  const { everybody, users, teams } = audience;
  return (
    <Flex direction="column" gap="sm">
      <ToggleGroup
        toggleType="radioButtonList"
        name={name}
        label={label}
        value={everybody ? 'everybody' : 'chosen'}
        onChange={(value: string) => onChange({ ...audience, everybody: value === 'everybody' })}
        options={[
          { value: 'everybody', label: t('audience.everybody') },
          { value: 'chosen', label: t('audience.chosen') },
        ]}
      />
      {description === undefined ? null : <Text variant="microcopy">{description}</Text>}
      {everybody ? null : (
        <>
          <PeopleSelect
            name={`${name}-users`}
            label={t('audience.users')}
            chosen={users}
            options={userOptions(people, users, t)}
            onChange={(next) => onChange({ ...audience, users: next })}
          />
          <PeopleSelect
            name={`${name}-teams`}
            label={t('audience.teams')}
            chosen={teams}
            options={teamOptions(people, teams, t)}
            onChange={(next) => onChange({ ...audience, teams: next })}
          />
          {users.length + teams.length > 0 ? null : (
            <Alert title={t('audience.nobody')} variant="warning">
              <Text>{t('audience.nobody.what')}</Text>
            </Alert>
          )}
        </>
      )}
    </Flex>
  );
}
