import { Alert, Button, ButtonRow, Divider, Flex, Link, LoadingButton, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { PeopleAnswer, Permissions } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem, Problem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { AudiencePicker } from './AudiencePicker.tsx';
import { PeopleSelect } from './PeopleSelect.tsx';
import { userOptions } from './people.ts';

/** Who sees invoices, who attaches them, and who may open this page. */
export function PermissionsTab({ answer, reload }: TabProps) {
  const { api, t } = useSettings();
  const people = useRead('people', () => api.people());
  const installUrl = answer.portal.installUrl;
  const hasTeams = !answer.portal.scopes.missingOptional.includes('settings.users.teams.read');

  if (people.answer === null) {
    return people.error === null || people.busy ? (
      <LoadingSpinner label={t('people.loading')} showLabel layout="centered" />
    ) : (
      <Alert title={t('people.error')} variant="danger">
        <Problem error={people.error} />
        <Button variant="secondary" size="sm" onClick={() => void people.reload()}>
          {t('retry')}
        </Button>
      </Alert>
    );
  }
  return (
    <Flex direction="column" gap="md">
      <Text>{t('permissions.what')}</Text>
      {people.answer.state === 'unreadable' ? (
        <Alert title={t('people.unreadable')} variant="warning">
          <Text>{t('people.unreadable.what')}</Text>
          <Link href={{ url: installUrl, external: true }}>{t('consent')}</Link>
        </Alert>
      ) : null}
      {people.answer.state === 'ready' && !hasTeams ? (
        <Alert title={t('people.noTeams')} variant="info">
          <Link href={{ url: installUrl, external: true }}>{t('consent')}</Link>
        </Alert>
      ) : null}
      {people.answer.state !== 'ready' || people.answer.complete ? null : <Alert title={t('people.first')} variant="info" />}
      {/* What the backend holds is what counts: where a reload brings something else, the choice begins anew. */}
      <Choices
        key={JSON.stringify(answer.permissions)}
        saved={answer.permissions}
        people={people.answer}
        reload={reload}
      />
    </Flex>
  );
}

interface ChoicesProps {
  saved: Permissions;
  people: PeopleAnswer;
  reload: () => Promise<unknown>;
}

function Choices({ saved, people, reload }: ChoicesProps) {
  const { api, t, actions } = useSettings();
  const [chosen, setChosen] = useState(saved);
  const isChanged = JSON.stringify(chosen) !== JSON.stringify(saved);

  const save = useAction(async () => {
    await api.permit({ permissions: chosen });
    actions.addAlert({ type: 'success', message: t('saved') });
    await reload();
  });

  return (
    <Flex direction="column" gap="md">
      <AudiencePicker
        name="see"
        label={t('permissions.see')}
        audience={chosen.see}
        people={people}
        onChange={(see) => setChosen({ ...chosen, see })}
      />
      <Divider />
      <AudiencePicker
        name="attach"
        label={t('permissions.attach')}
        description={t('permissions.attach.what')}
        audience={chosen.attach}
        people={people}
        onChange={(attach) => setChosen({ ...chosen, attach })}
      />
      <Divider />
      <PeopleSelect
        name="admins"
        label={t('permissions.admins')}
        description={t('permissions.admins.what')}
        chosen={chosen.admins}
        options={userOptions(people, chosen.admins, t)}
        onChange={(admins) => setChosen({ ...chosen, admins })}
      />
      <ActionProblem error={save.error} />
      <ButtonRow>
        <LoadingButton variant="primary" loading={save.busy} disabled={!isChanged} onClick={() => void save.run()}>
          {t('save')}
        </LoadingButton>
        <Button variant="secondary" disabled={!isChanged} onClick={() => setChosen(saved)}>
          {t('cancel')}
        </Button>
      </ButtonRow>
    </Flex>
  );
}
