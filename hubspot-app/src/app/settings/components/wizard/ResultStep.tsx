import { Alert, Button, ButtonRow, Flex, LoadingButton, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import { useRead } from '../../hooks/useRead.ts';
import { Checklist } from '../Checklist.tsx';
import { ActionProblem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';
import type { StepProps } from './Wizard.tsx';

/** The account is connected; what of the prerequisites is proved, and what is still to mend. */
export function ResultStep({ state, wizard, reload }: StepProps) {
  const { api, t } = useSettings();
  const connectionId = state.connectionId ?? '';
  // A certificate's answer brings the findings along; after a sign-in they are asked for.
  const read = useRead(state.checklist === null ? connectionId : null, () => api.test({ connectionId }));
  const checklist = read.answer ?? state.checklist;
  const refused = checklist?.items.filter((item) => item.finding === 'refused').length ?? 0;
  const again = async () => {
    await read.reload();
    await reload();
  };
  // What was just asked counts among the calls of the connection, too.
  const done = () => {
    wizard.close();
    void reload();
  };
  return (
    <Flex direction="column" gap="md">
      <Alert
        title={t('result.connected', { name: state.name.trim() })}
        variant={refused === 0 ? 'success' : 'warning'}
      >
        <Text>{refused === 0 ? t('result.connected.what') : t.count('result.refused', refused)}</Text>
      </Alert>
      <ActionProblem error={read.error} />
      {checklist === null ? (
        read.busy && <LoadingSpinner label={t('result.loading')} showLabel layout="centered" />
      ) : (
        <Checklist answer={checklist} name={state.name.trim()} systemName="NetSuite" />
      )}
      <ButtonRow>
        <Button variant="primary" onClick={done}>
          {t('result.done')}
        </Button>
        <LoadingButton variant="secondary" loading={read.busy} onClick={() => void again()}>
          {t('checklist.again')}
        </LoadingButton>
      </ButtonRow>
    </Flex>
  );
}
