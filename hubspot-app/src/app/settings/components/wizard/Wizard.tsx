import { Flex, Heading, StepIndicator } from '@hubspot/ui-extensions';
import type { WizardState } from '../../hooks/useWizard.ts';
import { STEPS } from '../../hooks/useWizard.ts';
import { useSettings } from '../SettingsContext.tsx';
import type { TabProps } from '../SettingsTabs.tsx';
import { AccountStep } from './AccountStep.tsx';
import { CertificateStep } from './CertificateStep.tsx';
import { PrerequisitesStep } from './PrerequisitesStep.tsx';
import { ResultStep } from './ResultStep.tsx';
import { SignInStep } from './SignInStep.tsx';

export interface StepProps extends TabProps {
  state: WizardState;
}

/** Connecting an ERP account, step by step. */
export function Wizard(props: StepProps) {
  const { t } = useSettings();
  const { state } = props;
  return (
    <Flex direction="column" gap="md">
      <Heading>{useTitle(state)}</Heading>
      <StepIndicator stepNames={STEPS.map((step) => t(`step.${step}`))} currentStep={STEPS.indexOf(state.step)} />
      <CurrentStep {...props} />
    </Flex>
  );
}

function useTitle({ connection, isRollover }: WizardState): string {
  const { t } = useSettings();
  if (connection === null) {
    return t('wizard.title');
  }
  return t(isRollover ? 'wizard.title.rollover' : 'wizard.title.reconnect', { name: connection.name });
}

function CurrentStep(props: StepProps) {
  switch (props.state.step) {
    case 'prerequisites':
      return <PrerequisitesStep {...props} />;
    case 'account':
      return <AccountStep {...props} />;
    case 'credentials':
      return props.state.draft === null ? (
        <SignInStep {...props} />
      ) : (
        <CertificateStep draft={props.state.draft} {...props} />
      );
    case 'result':
      return <ResultStep {...props} />;
  }
}
