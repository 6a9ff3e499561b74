import { Button, Flex, LoadingButton } from '@hubspot/ui-extensions';
import type { ConnectionSettings } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { ChecklistButton } from './ChecklistButton.tsx';
import { RenameButton } from './RenameButton.tsx';
import type { ConnectionActions } from './useConnectionActions.ts';

interface ConnectionButtonsProps extends TabProps {
  connection: ConnectionSettings;
  actions: ConnectionActions;
}

/** What is disconnected can be renamed and connected again; nothing can be asked of it. */
export function ConnectionButtons({ connection, actions, reload, wizard }: ConnectionButtonsProps) {
  const { t } = useSettings();
  const { status, method } = connection;
  const isActive = status === 'active';
  const hasCredentials = status !== 'disconnected';
  return (
    <Flex direction="row" gap="sm" wrap>
      {isActive ? (
        <LoadingButton variant="secondary" size="sm" loading={actions.test.busy} onClick={() => void actions.test.run()}>
          {t('connection.test')}
        </LoadingButton>
      ) : null}
      {isActive ? <ChecklistButton connection={connection} /> : null}
      <RenameButton connection={connection} reload={reload} />
      <Button variant="secondary" size="sm" onClick={() => wizard.startAgain(connection, method, false)}>
        {t('connection.reconnect')}
      </Button>
      {isActive && method === 'certificate' && connection.ends === 'later' ? (
        <Button variant="secondary" size="sm" onClick={() => wizard.startAgain(connection, method, true)}>
          {t('connection.rollover')}
        </Button>
      ) : null}
      {hasCredentials ? (
        <LoadingButton
          variant="secondary"
          size="sm"
          loading={actions.pause.busy}
          onClick={() => void actions.pause.run(isActive ? 'pause' : 'resume')}
        >
          {t(isActive ? 'connection.pause' : 'connection.resume')}
        </LoadingButton>
      ) : null}
    </Flex>
  );
}
