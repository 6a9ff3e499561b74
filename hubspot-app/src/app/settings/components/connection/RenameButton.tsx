import { Button, Flex, LoadingButton, Modal, ModalBody, ModalFooter } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { ConnectionSettings } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { TextField } from '../TextField.tsx';

interface RenameButtonProps {
  connection: ConnectionSettings;
  reload: () => Promise<unknown>;
}

/** A connection's name, and its base currency where the ERP does not say it. */
export function RenameButton({ connection, reload }: RenameButtonProps) {
  const { api, t, actions } = useSettings();
  const { connectionId } = connection;
  const modalId = `rename-${connectionId}`;
  const [name, setName] = useState(connection.name);
  const [currency, setCurrency] = useState(connection.baseCurrency ?? '');
  const code = currency.trim().toUpperCase();
  const isCurrency = code === '' || /^[A-Z]{3}$/.test(code);
  const isReady = isCurrency && name.trim() !== '';

  const open = () => {
    setName(connection.name);
    setCurrency(connection.baseCurrency ?? '');
    save.clear();
  };
  const save = useAction(async () => {
    await api.change({ connectionId, name: name.trim(), baseCurrency: code === '' ? null : code });
    actions.closeOverlay(modalId);
    actions.addAlert({ type: 'success', message: t('saved') });
    await reload();
  });

  return (
    <Button
      variant="secondary"
      size="sm"
      onClick={open}
      overlay={
        <Modal id={modalId} title={t('rename.title')} width="sm">
          <ModalBody>
            <Flex direction="column" gap="sm">
              <TextField
                name="name"
                label={t('rename.name')}
                value={name}
                onValue={setName}
                problem={name.trim() === '' ? t('name.missing') : null}
              />
              <TextField
                name="currency"
                label={t('rename.currency')}
                description={t('rename.currency.what')}
                value={currency}
                onValue={setCurrency}
                isOptional
                problem={isCurrency ? null : t('rename.currency.wrong')}
              />
              <ActionProblem error={save.error} />
            </Flex>
          </ModalBody>
          <ModalFooter>
            <LoadingButton variant="primary" loading={save.busy} disabled={!isReady} onClick={() => void save.run()}>
              {t('save')}
            </LoadingButton>
            <Button variant="secondary" onClick={() => actions.closeOverlay(modalId)}>
              {t('cancel')}
            </Button>
          </ModalFooter>
        </Modal>
      }
    >
      {t('connection.rename')}
    </Button>
  );
}
