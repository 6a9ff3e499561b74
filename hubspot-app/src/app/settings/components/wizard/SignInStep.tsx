import { Alert, Button, Flex, LoadingButton, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { ConnectionSettings, SettingsAnswer } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { TextField } from '../TextField.tsx';
import { isSameAccount } from './account.ts';
import { WindowLink } from './WindowLink.tsx';
import type { StepProps } from './Wizard.tsx';

/** A person signs in in a window of NetSuite; whether that worked is seen in the settings, read anew. */
export function SignInStep(props: StepProps) {
  const { api, t } = useSettings();
  const { state, wizard, answer } = props;
  const [isTried, setTried] = useState(false);
  // How the account stood when the window was made: a sign-in shows itself as a change.
  const [before, setBefore] = useState<{ connection: ConnectionSettings | null } | null>(null);
  const { look, isMissing } = useSignedIn(props, before?.connection ?? null);
  const clientId = state.clientId.trim();
  const clientSecret = state.clientSecret.trim();
  const problemOf = (value: string) => (isTried && value === '' ? t('field.missing') : null);

  const make = async () => {
    setTried(true);
    if (clientId === '' || clientSecret === '') {
      return null;
    }
    const made = await api.signIn({
      accountId: state.accountId.trim(),
      name: state.name.trim(),
      clientId,
      clientSecret,
      confirmed: state.confirmed,
      ...(state.connection === null ? {} : { connectionId: state.connection.connectionId }),
    });
    setBefore({ connection: connectionOf(answer, state.accountId) });
    return made;
  };

  return (
    <Flex direction="column" gap="md">
      <Redirect />
      <TextField
        name="clientId"
        label={t('clientId')}
        description={t('clientId.what')}
        value={state.clientId}
        onValue={(value) => wizard.set({ clientId: value })}
        problem={problemOf(clientId)}
      />
      <TextField
        name="clientSecret"
        type="password"
        label={t('signIn.clientSecret')}
        description={t('signIn.clientSecret.what')}
        value={state.clientSecret}
        onValue={(value) => wizard.set({ clientSecret: value })}
        problem={problemOf(clientSecret)}
      />
      {before === null ? null : <Text>{t('signIn.openWhat')}</Text>}
      <WindowLink make={make} makeLabel={t('signIn.make')} openLabel={t('signIn.open')} variant="primary">
        {before === null ? null : (
          <LoadingButton variant="secondary" loading={look.busy} onClick={() => void look.run()}>
            {t('signIn.done')}
          </LoadingButton>
        )}
        <Button variant="secondary" onClick={() => wizard.set({ step: 'account' })}>
          {t('back')}
        </Button>
        <Button variant="secondary" onClick={wizard.close}>
          {t('wizard.cancel')}
        </Button>
      </WindowLink>
      {isMissing ? (
        <Alert title={t('signIn.notYet')} variant="info">
          <Text>{t('signIn.notYet.what')}</Text>
        </Alert>
      ) : null}
    </Flex>
  );
}

/** Where NetSuite sends the browser back to: the integration record must have exactly this. */
function Redirect() {
  const { t, backendUrl } = useSettings();
  return (
    <Flex direction="column" gap="sm">
      <Text>{t('signIn.what')}</Text>
      <TextField
        name="redirect"
        label={t('signIn.redirect')}
        value={`${backendUrl}/oauth/netsuite/callback`}
        onValue={() => undefined}
        readOnly
      />
    </Flex>
  );
}

/** "I have signed in": looks whether a sign-in has arrived. */
function useSignedIn({ state, wizard, reload }: StepProps, before: ConnectionSettings | null) {
  const [isMissing, setMissing] = useState(false);
  const look = useAction(async () => {
    setMissing(false);
    const now = connectionOf(await reload(), state.accountId);
    if (now === null || !isSignedIn(now, before)) {
      setMissing(true);
      return;
    }
    wizard.set({ step: 'result', connectionId: now.connectionId, checklist: null, clientSecret: '' });
  });
  return { look, isMissing };
}

function connectionOf(answer: SettingsAnswer | null, accountId: string): ConnectionSettings | null {
  const connections = answer?.state === 'ready' ? answer.connections : [];
  return connections.find((one) => isSameAccount(one.accountId, accountId)) ?? null;
}

/** Each sign-in ends at a time of its own, so a new end is a new sign-in. */
function isSignedIn(now: ConnectionSettings, before: ConnectionSettings | null): boolean {
  const isUsable = now.method === 'sign_in' && now.status !== 'disconnected';
  return isUsable && (before?.method !== 'sign_in' || now.credentialsEndAt !== before.credentialsEndAt);
}
