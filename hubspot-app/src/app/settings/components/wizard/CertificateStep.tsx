import { Button, ButtonRow, Divider, Flex, Form, List, LoadingButton, Text, TextArea } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { DraftView } from '@ledgercard/shared';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import { TextField } from '../TextField.tsx';
import { Refused } from './Refused.tsx';
import { WindowLink } from './WindowLink.tsx';
import type { StepProps } from './Wizard.tsx';

interface CertificateStepProps extends StepProps {
  draft: DraftView;
}

/** The certificate goes to NetSuite by a person's hand; what NetSuite gives for it comes back here. */
export function CertificateStep(props: CertificateStepProps) {
  const { t } = useSettings();
  return (
    <Flex direction="column" gap="md">
      <ClickPath />
      <Certificate draft={props.draft} />
      <Divider />
      <Ids {...props} />
      <Text variant="microcopy">{t('certificate.kept')}</Text>
    </Flex>
  );
}

function ClickPath() {
  const { t } = useSettings();
  const steps = ['1', '2', '3', '4', '5'] as const;
  return (
    <>
      <Text>{t('certificate.what')}</Text>
      <List variant="ordered-styled">
        {steps.map((step) => (
          <Text key={step}>{t(`certificate.path.${step}`)}</Text>
        ))}
      </List>
    </>
  );
}

function Certificate({ draft }: { draft: DraftView }) {
  const { api, t, day, actions } = useSettings();
  const copy = async () => {
    try {
      await actions.copyText(draft.certificatePem);
      actions.addAlert({ type: 'success', message: t('certificate.copied') });
    } catch {
      // The browser or HubSpot does not allow it; the text can be selected all the same.
      actions.addAlert({ type: 'warning', message: t('certificate.copyFailed') });
    }
  };
  return (
    <Flex direction="column" gap="sm">
      <TextArea
        name="certificate"
        label={t('certificate.pem')}
        description={t('certificate.ends', { when: day(draft.certificateEndsAt) })}
        value={draft.certificatePem}
        rows={8}
        readOnly
      />
      <WindowLink
        make={() => api.certificate({ draftId: draft.draftId })}
        makeLabel={t('certificate.download')}
        openLabel={t('certificate.window')}
        variant="secondary"
      >
        <Button variant="secondary" onClick={() => void copy()}>
          {t('certificate.copy')}
        </Button>
      </WindowLink>
    </Flex>
  );
}

function Ids({ state, wizard, reload, draft }: CertificateStepProps) {
  const { api, t } = useSettings();
  const [isTried, setTried] = useState(false);
  const clientId = state.clientId.trim();
  const certificateId = state.certificateId.trim();

  const connect = useAction(async () => {
    wizard.set({ refused: null });
    const answer = await api.connect({ draftId: draft.draftId, clientId, certificateId, confirmed: state.confirmed });
    if (answer.result === 'refused') {
      wizard.set({ refused: answer });
      return;
    }
    wizard.set({ step: 'result', connectionId: answer.connectionId, checklist: answer.checklist });
    void reload();
  });
  const submit = () => {
    setTried(true);
    if (clientId !== '' && certificateId !== '') {
      void connect.run();
    }
  };

  return (
    <Form onSubmit={submit} preventDefault>
      <Flex direction="column" gap="md">
        <TextField
          name="clientId"
          label={t('clientId')}
          description={t('clientId.what')}
          value={state.clientId}
          onValue={(value) => wizard.set({ clientId: value })}
          problem={isTried && clientId === '' ? t('field.missing') : null}
        />
        <TextField
          name="certificateId"
          label={t('certificateId')}
          description={t('certificateId.what')}
          value={state.certificateId}
          onValue={(value) => wizard.set({ certificateId: value })}
          problem={isTried && certificateId === '' ? t('field.missing') : null}
        />
        {state.refused === null ? null : <Refused refused={state.refused} />}
        <ActionProblem error={connect.error} />
        <ButtonRow>
          <LoadingButton variant="primary" type="submit" loading={connect.busy}>
            {t('certificate.connect')}
          </LoadingButton>
          <Button variant="secondary" onClick={wizard.close}>
            {t('close')}
          </Button>
        </ButtonRow>
      </Flex>
    </Form>
  );
}
