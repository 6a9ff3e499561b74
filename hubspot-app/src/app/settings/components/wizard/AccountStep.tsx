import { Button, ButtonRow, Flex, Form, LoadingButton, Text, ToggleGroup } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { ConnectionMethod } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { TextField } from '../TextField.tsx';
import { isAccountId, isSandboxId } from './account.ts';
import type { StepProps } from './Wizard.tsx';

/** Which account, what it is called here, and how it is connected. */
export function AccountStep({ state, wizard, reload }: StepProps) {
  const { api, t } = useSettings();
  const [isTried, setTried] = useState(false);
  const { connection, accountId, name, method } = state;
  const isComplete = isAccountId(accountId) && name.trim() !== '';

  const next = useAction(async () => {
    if (method === 'sign_in') {
      wizard.set({ step: 'credentials', draft: null });
      return;
    }
    const { draft } = await api.makeDraft({
      accountId: accountId.trim(),
      name: name.trim(),
      ...(connection === null ? {} : { connectionId: connection.connectionId }),
    });
    wizard.set({ step: 'credentials', draft, refused: null });
    // It now stands among the unfinished connections.
    void reload();
  });
  const submit = () => {
    setTried(true);
    if (isComplete) {
      void next.run();
    }
  };

  return (
    <Form onSubmit={submit} preventDefault>
      <Flex direction="column" gap="md">
        <TextField
          name="accountId"
          label={t('account.id')}
          description={t('account.id.what')}
          value={accountId}
          onValue={(value) => wizard.set({ accountId: value })}
          readOnly={connection !== null}
          problem={isTried && !isAccountId(accountId) ? t('account.id.wrong') : null}
        />
        {isSandboxId(accountId) ? <Text variant="microcopy">{t('account.sandbox')}</Text> : null}
        <TextField
          name="name"
          label={t('account.name')}
          description={t('account.name.what')}
          value={name}
          onValue={(value) => wizard.set({ name: value })}
          readOnly={connection !== null}
          problem={isTried && name.trim() === '' ? t('name.missing') : null}
        />
        {state.isRollover ? null : <MethodChoice method={method} onChange={(next) => wizard.set({ method: next })} />}
        <ActionProblem error={next.error} />
        <ButtonRow>
          <LoadingButton variant="primary" type="submit" loading={next.busy}>
            {t(method === 'certificate' ? 'account.makeCertificate' : 'wizard.next')}
          </LoadingButton>
          {connection === null ? (
            <Button variant="secondary" onClick={() => wizard.set({ step: 'prerequisites' })}>
              {t('back')}
            </Button>
          ) : null}
          <Button variant="secondary" onClick={wizard.close}>
            {t('wizard.cancel')}
          </Button>
        </ButtonRow>
      </Flex>
    </Form>
  );
}

interface MethodChoiceProps {
  method: ConnectionMethod;
  onChange: (method: ConnectionMethod) => void;
}

function MethodChoice({ method, onChange }: MethodChoiceProps) {
  const { t } = useSettings();
  const methods = ['certificate', 'sign_in'] as const;
  return (
    <ToggleGroup
      toggleType="radioButtonList"
      name="method"
      label={t('account.method')}
      value={method}
      onChange={(value: string) => onChange(value as ConnectionMethod)}
      options={methods.map((value) => ({
        value,
        label: t(`account.${value}`),
        description: t(`account.${value}.what`),
      }))}
    />
  );
}
