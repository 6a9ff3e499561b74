import { EmptyState, Flex, Heading, Text } from '@hubspot/ui-extensions';
import { connectionTitle } from '@ledgercard/shared';
import type { ConnectionSettings, FlowView } from '@ledgercard/shared';
import { useFlows } from '../../hooks/useFlows.ts';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { FlowTile } from './FlowTile.tsx';

/** Per connection: which kinds of records are kept in step, and how. */
export function ContactsTab({ answer }: TabProps) {
  const { t } = useSettings();
  const flows = useFlows();
  if (answer.connections.length === 0) {
    return (
      <EmptyState title={t('contacts.none')} imageName="integrations" layout="vertical" imageWidth={140} flush>
        <Text>{t('contacts.none.what')}</Text>
      </EmptyState>
    );
  }
  return (
    <Flex direction="column" gap="md">
      <Text>{t('contacts.what')}</Text>
      <Loaded read={flows}>
        {(read) =>
          answer.connections.map((connection) => (
            <ConnectionFlows
              key={connection.connectionId}
              connection={connection}
              flows={read.flows.filter((flow) => flow.connectionId === connection.connectionId)}
              startable={read.flows.find((flow) => flow.preview?.state === 'ready' && flow.status === 'preview')?.id ?? null}
              timeZone={answer.portal.timeZone}
              reload={flows.reload}
            />
          ))
        }
      </Loaded>
    </Flex>
  );
}

interface ConnectionFlowsProps {
  connection: ConnectionSettings;
  flows: FlowView[];
  /** The flow whose start is the tab's primary button: there is but one. */
  startable: string | null;
  timeZone: string;
  reload: () => Promise<unknown>;
}

function ConnectionFlows({ connection, flows, startable, timeZone, reload }: ConnectionFlowsProps) {
  const { t } = useSettings();
  return (
    <Flex direction="column" gap="sm">
      <Heading>{connectionTitle(connection)}</Heading>
      {connection.status === 'active' ? null : <Text>{t(`contacts.${connection.status}`)}</Text>}
      {flows.length === 0 ? <Text>{t('contacts.noFlows')}</Text> : null}
      {flows.map((flow) => (
        <FlowTile key={flow.id} flow={flow} isPrimary={flow.id === startable} timeZone={timeZone} reload={reload} />
      ))}
    </Flex>
  );
}
