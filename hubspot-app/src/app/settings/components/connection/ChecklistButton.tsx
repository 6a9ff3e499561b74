import { Alert, Button, Flex, LoadingButton, LoadingSpinner, Panel, PanelBody, PanelFooter, PanelSection, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { ChecklistAnswer, ConnectionSettings } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { Checklist } from '../Checklist.tsx';
import { Problem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';

/** The prerequisites as NetSuite answers about them now; asked when the panel is opened. */
export function ChecklistButton({ connection }: { connection: ConnectionSettings }) {
  const { t, actions } = useSettings();
  const panelId = `checklist-${connection.connectionId}`;
  const [isOpen, setOpen] = useState(false);
  return (
    <Button
      variant="secondary"
      size="sm"
      onClick={() => setOpen(true)}
      overlay={
        <Panel
          id={panelId}
          title={t('checklist.title', { name: connection.name })}
          width="lg"
          onOpen={() => setOpen(true)}
          onClose={() => setOpen(false)}
        >
          {isOpen ? <Content connection={connection} onClose={() => actions.closeOverlay(panelId)} /> : null}
        </Panel>
      }
    >
      {t('connection.check')}
    </Button>
  );
}

function Content({ connection, onClose }: { connection: ConnectionSettings; onClose: () => void }) {
  const { api, t } = useSettings();
  const { connectionId, name, systemName } = connection;
  const read = useRead(connectionId, () => api.checklist({ connectionId }));
  return (
    <>
      <PanelBody>
        <PanelSection>
          <Flex direction="column" gap="sm">
            {read.error === null ? null : (
              <Alert title={t('prerequisites.error')} variant="danger">
                <Problem error={read.error} />
              </Alert>
            )}
            {read.answer === null ? (
              read.busy && <LoadingSpinner label={t('checklist.loading', { name })} showLabel layout="centered" />
            ) : (
              <>
                <RefusedLines answer={read.answer} />
                <Checklist answer={read.answer} name={name} systemName={systemName} />
              </>
            )}
          </Flex>
        </PanelSection>
      </PanelBody>
      <PanelFooter>
        <LoadingButton variant="primary" loading={read.busy} onClick={() => void read.reload()}>
          {t('checklist.again')}
        </LoadingButton>
        <Button variant="secondary" onClick={onClose}>
          {t('close')}
        </Button>
      </PanelFooter>
    </>
  );
}

/** The list is longer than the panel: what is to mend is named above it. */
function RefusedLines({ answer }: { answer: ChecklistAnswer }) {
  const { t, format } = useSettings();
  const refused = answer.items.filter((item) => item.finding === 'refused');
  if (refused.length === 0) {
    return null;
  }
  return (
    <Alert title={t.count('checklist.refused', refused.length)} variant="warning">
      <Text>{format.list(refused.map((item) => item.name))}</Text>
    </Alert>
  );
}
