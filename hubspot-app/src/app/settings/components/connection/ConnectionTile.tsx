import { Alert, Flex, Heading, StatusTag, Tag, Text, Tile } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { connectionTitle } from '@ledgercard/shared';
import type { ChecklistAnswer, ConnectionSettings } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { ConnectionAlerts } from './ConnectionAlerts.tsx';
import { ConnectionButtons } from './ConnectionButtons.tsx';
import { ConnectionFacts } from './ConnectionFacts.tsx';
import { whyText } from './health.ts';
import { useConnectionActions } from './useConnectionActions.ts';

interface ConnectionTileProps extends TabProps {
  connection: ConnectionSettings;
}

/** One ERP account: how it stands, and what can be done about it. */
export function ConnectionTile(props: ConnectionTileProps) {
  const { connection } = props;
  const [tested, setTested] = useState<ChecklistAnswer | null>(null);
  const actions = useConnectionActions(connection, props.reload, setTested);
  return (
    <Tile testId={`connection-${connection.connectionId}`}>
      <Flex direction="column" gap="sm">
        <Head connection={connection} />
        <ConnectionAlerts {...props} />
        {tested === null ? null : <TestResult connection={connection} tested={tested} />}
        <ActionProblem error={actions.test.error ?? actions.pause.error} />
        <ConnectionFacts connection={connection} />
        <ConnectionButtons {...props} actions={actions} />
      </Flex>
    </Tile>
  );
}

const VARIANTS = { valid: 'success', invalid: 'danger', unknown: 'default' } as const;

function Head({ connection }: { connection: ConnectionSettings }) {
  const { t } = useSettings();
  const { health, status } = connection;
  return (
    <Flex direction="row" gap="sm" align="center" wrap>
      <Heading>{connectionTitle(connection)}</Heading>
      <Tag variant={connection.environment === 'sandbox' ? 'warning' : 'default'}>
        {t(`environment.${connection.environment}`)}
      </Tag>
      {status === 'active' ? (
        <StatusTag variant={VARIANTS[health.state]} testId={`health-${connection.connectionId}`}>
          {t(`health.${health.state}`)}
        </StatusTag>
      ) : (
        <StatusTag variant="default" hollow testId={`health-${connection.connectionId}`}>
          {t(`status.${status}`)}
        </StatusTag>
      )}
    </Flex>
  );
}

function TestResult({ connection, tested }: { connection: ConnectionSettings; tested: ChecklistAnswer }) {
  const { t } = useSettings();
  const { trouble } = tested;
  if (trouble !== null) {
    return (
      <Alert title={t('checklist.trouble', { name: connection.name })} variant="danger">
        <Text>{whyText(trouble.code, trouble.permission, connection.systemName, t)}</Text>
      </Alert>
    );
  }
  const refused = tested.items.filter((item) => item.finding === 'refused');
  // Without what is required the card shows no invoices, however well NetSuite answered.
  const works = !refused.some((item) => item.required);
  return (
    <Alert
      title={t(works ? 'test.good' : 'test.notEnough', { name: connection.name })}
      variant={refused.length === 0 ? 'success' : 'warning'}
    >
      {refused.length === 0 ? null : <Text>{t.count('test.refused', refused.length)}</Text>}
    </Alert>
  );
}
