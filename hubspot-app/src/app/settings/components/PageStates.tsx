import { Alert, Button, ButtonRow, EmptyState, ErrorState, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import { CONTRACT } from '@ledgercard/shared';
import type { ApiError, SettingsNotAllowed, SettingsNotInstalled, Versions } from '@ledgercard/shared';
import { Problem } from './Problem.tsx';
import { useSettings } from './SettingsContext.tsx';

/** The states in which there are no settings to show. Each says why, and what to do next. */

export function Loading() {
  const { t } = useSettings();
  return <LoadingSpinner label={t('page.loading')} showLabel layout="centered" />;
}

export function Failed({ error, onRetry }: { error: ApiError; onRetry: () => void }) {
  const { t } = useSettings();
  return (
    <ErrorState title={t('page.error')} type="error">
      <Problem error={error} />
      <Button variant="secondary" onClick={onRetry}>
        {t('retry')}
      </Button>
    </ErrorState>
  );
}

export function NotInstalled({ answer, onAgain }: { answer: SettingsNotInstalled; onAgain: () => void }) {
  const { t } = useSettings();
  return (
    <EmptyState title={t(`notInstalled.${answer.reason}`)} imageName="integrations" layout="vertical" imageWidth={160}>
      <Text>{t(`notInstalled.${answer.reason}.what`)}</Text>
      <ButtonRow>
        <Button variant="primary" href={{ url: answer.installUrl, external: true }}>
          {t('install')}
        </Button>
        <Button variant="secondary" onClick={onAgain}>
          {t('page.again')}
        </Button>
      </ButtonRow>
    </EmptyState>
  );
}

export function NotAllowed({ answer, onAgain }: { answer: SettingsNotAllowed; onAgain: () => void }) {
  const { t } = useSettings();
  return (
    <ErrorState title={t(`notAllowed.${answer.why}`)} type="lock">
      <Text>{t(`notAllowed.${answer.why}.what`)}</Text>
      <Button variant="secondary" onClick={onAgain}>
        {t('page.again')}
      </Button>
    </ErrorState>
  );
}

/** Page and backend are updated by different people at different times. */
export function VersionsAlert({ versions }: { versions: Versions }) {
  const { t, format } = useSettings();
  if (versions.contract === CONTRACT) {
    return null;
  }
  const key = versions.contract < CONTRACT ? 'versions.older' : 'versions.newer';
  return (
    <Alert title={t('versions.title')} variant="warning">
      <Text>
        {t(key, {
          backend: versions.backend,
          theirs: format.number(versions.contract),
          ours: format.number(CONTRACT),
        })}
      </Text>
    </Alert>
  );
}
