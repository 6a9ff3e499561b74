import { Alert, Button, Flex, LoadingButton, ModalBody, ModalFooter, Text } from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { Tombstone } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { OverlayButton } from '../sync/OverlayButton.tsx';
import { isErased } from './stones.ts';

interface LiftProps {
  stone: Tombstone;
  reload: () => Promise<unknown>;
}

/** Lets a record come back that was deleted or erased in HubSpot, after it was told what follows. */
export function LiftButton({ stone, reload }: LiftProps) {
  const { t } = useSettings();
  return (
    <OverlayButton
      id={`lift-${stone.id}`}
      kind="modal"
      size="xs"
      label={t('lift')}
      title={t('lift.title', { record: t('side.erp', { id: stone.erpId }) })}
    >
      {(close) => <Content stone={stone} reload={reload} onClose={close} />}
    </OverlayButton>
  );
}

function Content({ stone, reload, onClose }: LiftProps & { onClose: () => void }) {
  const { api, t, actions } = useSettings();
  const lift = useAction(async () => {
    await api.lift({ id: stone.id });
    actions.addAlert({ type: 'success', message: t('lift.done') });
    onClose();
    await reload();
  });
  const erased = isErased(stone);
  return (
    <>
      <ModalBody>
        <Flex direction="column" gap="md">
          <Text>{t('lift.what')}</Text>
          {erased ? (
            <Alert title={t('lift.erased')} variant="warning">
              <Text>{t('lift.erased.what')}</Text>
            </Alert>
          ) : (
            <Text>{t('lift.restore')}</Text>
          )}
          <ActionProblem error={lift.error} />
        </Flex>
      </ModalBody>
      <ModalFooter>
        <LoadingButton variant={erased ? 'destructive' : 'primary'} loading={lift.busy} onClick={() => void lift.run()}>
          {t('lift.go')}
        </LoadingButton>
        <Button variant="secondary" onClick={onClose}>
          {t('cancel')}
        </Button>
      </ModalFooter>
    </>
  );
}
