import { Button, ButtonRow, Divider, EmptyState, Flex, Heading, Text } from '@hubspot/ui-extensions';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { Wizard } from '../wizard/Wizard.tsx';
import { ConnectionTile } from './ConnectionTile.tsx';
import { Drafts } from './Drafts.tsx';
import { PortalAlerts } from './PortalAlerts.tsx';
import { PortalSection } from './PortalSection.tsx';
import { UsageTable } from './UsageTable.tsx';

/** Both sides: the ERP accounts and the HubSpot account. While something is being connected, that alone is shown. */
export function ConnectionTab(props: TabProps) {
  const { answer, wizard } = props;
  if (wizard.state !== null) {
    return <Wizard state={wizard.state} {...props} />;
  }
  return (
    <Flex direction="column" gap="lg">
      <PortalAlerts portal={answer.portal} />
      <Connections {...props} />
      <Drafts {...props} />
      <Divider />
      <PortalSection answer={answer} />
      <UsageTable answer={answer} />
    </Flex>
  );
}

function Connections(props: TabProps) {
  const { t } = useSettings();
  const { answer, wizard } = props;
  const isFirst = answer.connections.length === 0;
  const connect = (
    <Button variant="primary" onClick={wizard.startNew}>
      {t(isFirst ? 'connect.first' : 'connect.another')}
    </Button>
  );
  if (isFirst) {
    return (
      <EmptyState title={t('connections.none')} imageName="integrations" layout="vertical" imageWidth={140} flush>
        <Text>{t('connections.none.what')}</Text>
        {connect}
      </EmptyState>
    );
  }
  return (
    <Flex direction="column" gap="md">
      <Heading>{t('connections.title')}</Heading>
      {answer.connections.map((connection) => (
        <ConnectionTile key={connection.connectionId} connection={connection} {...props} />
      ))}
      <ButtonRow>{connect}</ButtonRow>
    </Flex>
  );
}
