import { Alert, Button, ButtonRow, Checkbox, Flex, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import { useRead } from '../../hooks/useRead.ts';
import { Checklist } from '../Checklist.tsx';
import { Problem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { StepProps } from './Wizard.tsx';

/** What must be set up in the ERP, confirmed by a person before anything is connected. */
export function PrerequisitesStep({ state, wizard }: StepProps) {
  const { api, t } = useSettings();
  const read = useRead('prerequisites', () => api.checklist({}));
  return (
    <Flex direction="column" gap="md">
      <Text>{t('prerequisites.what')}</Text>
      {read.error === null ? null : (
        <Alert title={t('prerequisites.error')} variant="danger">
          <Problem error={read.error} />
          <Button variant="secondary" size="sm" onClick={() => void read.reload()}>
            {t('retry')}
          </Button>
        </Alert>
      )}
      {read.answer === null && read.busy ? (
        <LoadingSpinner label={t('prerequisites.loading')} showLabel layout="centered" />
      ) : null}
      {read.answer === null ? null : (
        <>
          <Checklist answer={read.answer} name="NetSuite" systemName="NetSuite" />
          <Checkbox
            name="confirmed"
            value="confirmed"
            checked={state.confirmed}
            onChange={(confirmed) => wizard.set({ confirmed })}
          >
            {t('prerequisites.confirm')}
          </Checkbox>
        </>
      )}
      <ButtonRow>
        <Button
          variant="primary"
          disabled={read.answer === null || !state.confirmed}
          onClick={() => wizard.set({ step: 'account' })}
        >
          {t('wizard.next')}
        </Button>
        <Button variant="secondary" onClick={wizard.close}>
          {t('wizard.cancel')}
        </Button>
      </ButtonRow>
    </Flex>
  );
}
