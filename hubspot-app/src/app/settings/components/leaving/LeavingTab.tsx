import { Alert, Button, Flex, LoadingSpinner, Select, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { connectionTitle } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { Problem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { ConnectionWays, PortalWays } from './Ways.tsx';

/** The four ways out, from the mildest to the most thorough; each tells the counts before anything is done. */
export function LeavingTab(props: TabProps) {
  const { api, t } = useSettings();
  const { connections } = props.answer;
  const [chosenId, setChosenId] = useState<string | null>(null);
  const connection = connections.find((one) => one.connectionId === chosenId) ?? connections[0] ?? null;
  const question = connection === null ? {} : { connectionId: connection.connectionId };
  const leaving = useRead(JSON.stringify(question), () => api.leaving(question));

  return (
    <Flex direction="column" gap="md">
      <Text>{t('leaving.what')}</Text>
      {connections.length > 1 && connection !== null ? (
        <Select
          name="connection"
          label={t('leaving.connection')}
          value={connection.connectionId}
          options={connections.map((one) => ({
            value: one.connectionId,
            label: `${connectionTitle(one)} (${one.accountId})`,
          }))}
          onChange={(value) => setChosenId(String(value))}
        />
      ) : null}
      {leaving.error === null ? null : (
        <Alert title={t('leaving.error')} variant="danger">
          <Problem error={leaving.error} />
          <Button variant="secondary" size="sm" onClick={() => void leaving.reload()}>
            {t('retry')}
          </Button>
        </Alert>
      )}
      {leaving.answer === null && leaving.busy ? (
        <LoadingSpinner label={t('leaving.loading')} showLabel layout="centered" />
      ) : null}
      {leaving.answer === null ? null : (
        <>
          {connection === null || leaving.answer.connection === null ? (
            <Text>{t('leaving.noConnection')}</Text>
          ) : (
            <ConnectionWays
              key={connection.connectionId}
              {...props}
              connection={connection}
              counts={leaving.answer.connection}
              recount={leaving.reload}
            />
          )}
          <PortalWays {...props} counts={leaving.answer.portal} recount={leaving.reload} />
        </>
      )}
    </Flex>
  );
}
