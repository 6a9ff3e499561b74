import { Alert, Button, LoadingSpinner } from '@hubspot/ui-extensions';
import type { ReactNode } from 'react';
import type { Read } from '../../hooks/useRead.ts';
import { Problem } from '../Problem.tsx';
import { useSettings } from '../SettingsContext.tsx';

interface LoadedProps<T> {
  read: Read<T>;
  children: (answer: T) => ReactNode;
}

/** What was read, or that it is being read, or why it could not be. What was shown stays while a new reading fails. */
export function Loaded<T>({ read, children }: LoadedProps<T>) {
  const { t } = useSettings();
  const { answer, error, busy, reload } = read;
  return (
    <>
      {error === null ? null : (
        <Alert title={t(answer === null ? 'loaded.error' : 'loaded.old')} variant={answer === null ? 'danger' : 'warning'}>
          <Problem error={error} />
          <Button variant="secondary" size="sm" onClick={() => void reload()}>
            {t('retry')}
          </Button>
        </Alert>
      )}
      {answer === null ? busy && <LoadingSpinner label={t('loaded.busy')} showLabel layout="centered" /> : children(answer)}
    </>
  );
}
