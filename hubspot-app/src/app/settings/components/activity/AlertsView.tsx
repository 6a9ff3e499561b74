import { Alert, Button, ButtonRow, Flex, List, LoadingButton, Text } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { ALERT_CAUSES, known, useAction } from '@ledgercard/shared';
import type { AlertsAnswer } from '@ledgercard/shared';
import { useRead } from '../../hooks/useRead.ts';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { Loaded } from '../sync/Loaded.tsx';
import { TextField } from '../TextField.tsx';
import type { ViewProps } from './ActivityTab.tsx';

/** Where a signed message goes when a flow fails, stalls or needs a person. */
export function AlertsView({ flows }: ViewProps) {
  const { api, t, when } = useSettings();
  const read = useRead('alerts', () => api.alerts());
  return (
    <Flex direction="column" gap="md">
      <Text>{t('alerts.what')}</Text>
      <Loaded read={read}>
        {(answer) => (
          <>
            <AlertForm key={answer.url ?? ''} answer={answer} reload={read.reload} />
            {answer.raised?.length ? (
              <Alert title={t.count('alerts.raised', answer.raised.length)} variant="warning">
                <List>
                  {answer.raised.map((alert) => (
                    <Text key={`${alert.cause}/${alert.flowId ?? ''}`}>
                      {t('alerts.line', {
                        cause: t(`alerts.cause.${known(ALERT_CAUSES, alert.cause)}`),
                        flow: flows.find((flow) => flow.id === alert.flowId)?.connectionName ?? '–',
                        when: when(alert.raisedAt),
                      })}
                    </Text>
                  ))}
                </List>
              </Alert>
            ) : null}
          </>
        )}
      </Loaded>
    </Flex>
  );
}

interface AlertFormProps {
  answer: AlertsAnswer;
  reload: () => Promise<unknown>;
}

function AlertForm({ answer, reload }: AlertFormProps) {
  const { api, t, actions } = useSettings();
  const saved = answer.url ?? '';
  const [url, setUrl] = useState(saved);
  const [secret, setSecret] = useState<string | null>(answer.secret ?? null);
  const wanted = url.trim();
  const isRight = wanted === '' || /^https:\/\/[^\s/]+/.test(wanted);

  const save = useAction(async () => {
    const told = await api.setAlerts({ url: wanted });
    actions.addAlert({ type: 'success', message: t('saved') });
    // The secret is told once: it stays on the page, and only what else may have changed is read anew.
    if (told.secret) {
      setSecret(told.secret);
    } else {
      await reload();
    }
  });
  const test = useAction(async () => {
    await api.setAlerts({ test: true });
    actions.addAlert({ type: 'success', message: t('alerts.tested') });
  });

  return (
    <Flex direction="column" gap="sm">
      <TextField
        name="url"
        label={t('alerts.url')}
        description={t('alerts.url.what')}
        value={url}
        onValue={setUrl}
        problem={isRight ? null : t('alerts.url.wrong')}
        isOptional
      />
      {secret === null ? null : <Secret secret={secret} />}
      <ActionProblem error={save.error ?? test.error} />
      <ButtonRow>
        <LoadingButton
          variant="primary"
          loading={save.busy}
          disabled={!isRight || (wanted === saved && secret === null)}
          onClick={() => void save.run()}
        >
          {t('save')}
        </LoadingButton>
        <LoadingButton
          variant="secondary"
          loading={test.busy}
          disabled={saved === '' && secret === null}
          onClick={() => void test.run()}
        >
          {t('alerts.test')}
        </LoadingButton>
      </ButtonRow>
    </Flex>
  );
}

function Secret({ secret }: { secret: string }) {
  const { t, actions } = useSettings();
  const copy = async () => {
    try {
      await actions.copyText(secret);
      actions.addAlert({ type: 'success', message: t('copied') });
    } catch {
      // The browser did not allow it; the text can be selected and copied by hand.
      actions.addAlert({ type: 'warning', message: t('certificate.copyFailed') });
    }
  };
  return (
    <Alert title={t('alerts.secret')} variant="info">
      <Text>{t('alerts.secret.what')}</Text>
      <TextField name="secret" label={t('alerts.secret.label')} value={secret} onValue={() => undefined} readOnly />
      <Button variant="secondary" size="sm" onClick={() => void copy()}>
        {t('copy')}
      </Button>
    </Alert>
  );
}
