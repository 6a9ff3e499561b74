import { Alert, Button, Text } from '@hubspot/ui-extensions';
import type { ConnectionSettings } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { whyText } from './health.ts';

interface ConnectionAlertsProps extends Pick<TabProps, 'wizard'> {
  connection: ConnectionSettings;
}

/** Why a connection does not work, or soon will not, with the button that mends it. */
export function ConnectionAlerts(props: ConnectionAlertsProps) {
  const { t } = useSettings();
  const { connection } = props;
  const { health, status, systemName } = connection;
  return (
    <>
      {status === 'active' ? null : (
        <Alert title={t(`status.${status}`)} variant="info">
          <Text>{t(`status.${status}.what`)}</Text>
        </Alert>
      )}
      {status === 'active' && health.why !== null ? (
        <Alert
          title={t(health.state === 'invalid' ? 'health.invalid' : 'health.trouble')}
          variant={health.state === 'invalid' ? 'danger' : 'warning'}
        >
          <Text>{whyText(health.why, health.permission, systemName, t)}</Text>
        </Alert>
      ) : null}
      {status === 'disconnected' ? null : <EndAlert {...props} />}
    </>
  );
}

function EndAlert({ connection, wizard }: ConnectionAlertsProps) {
  const { t, when } = useSettings();
  const { ends, credentialsEndAt, method } = connection;
  if (ends === null || ends === 'later' || credentialsEndAt === null) {
    return null;
  }
  const end = { when: when(credentialsEndAt) };
  return (
    <Alert
      title={method === 'certificate' ? t(`ends.certificate.${ends}`, end) : t(`ends.sign_in.${ends}`, end)}
      variant={ends === 'soon' ? 'warning' : 'danger'}
    >
      <Text>{t(`ends.${method}.what`)}</Text>
      <Button
        variant="secondary"
        size="sm"
        onClick={() => wizard.startAgain(connection, method, method === 'certificate')}
        testId={`renew-${connection.connectionId}`}
      >
        {t(method === 'certificate' ? 'connection.rollover' : 'connection.signInAgain')}
      </Button>
    </Alert>
  );
}
