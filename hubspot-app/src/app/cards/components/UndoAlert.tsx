import { Alert, Button, Flex, LoadingButton, Text } from '@hubspot/ui-extensions';
import { useEffect } from 'react';
import type { Removal, Removed } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';

interface UndoAlertProps {
  removal: Removal;
  today: string;
  timeZone: string;
}

/** After a removal: what happened, and the way back for as long as there is one. */
export function UndoAlert({ removal, today, timeZone }: UndoAlertProps) {
  const { t, format } = useCard();
  const { removed, remove, undo } = removal;
  useForgetInTime(removed, removal.forget);

  if (remove.error !== null) {
    return (
      <Alert title={t('remove.failed')} variant="danger">
        <Problem error={remove.error} />
      </Alert>
    );
  }
  if (removed === null) {
    return null;
  }
  const until = removed.undoUntil;
  return (
    <Alert title={t('remove.done', { number: removed.number })} variant="success">
      <Flex direction="column" gap="xs">
        {until === null ? null : (
          <Text>{t('remove.what', { time: format.instant(until, timeZone, today) })}</Text>
        )}
        {undo.error === null ? null : <Problem error={undo.error} />}
        <Flex direction="row" gap="sm">
          {until === null ? null : (
            <LoadingButton
              variant="secondary"
              size="xs"
              loading={undo.busy}
              onClick={() => void undo.run(removed)}
              testId="undo"
            >
              {t('remove.undo')}
            </LoadingButton>
          )}
          <Button variant="transparent" size="xs" onClick={removal.forget}>
            {t('close')}
          </Button>
        </Flex>
      </Flex>
    </Alert>
  );
}

/** A timer cannot wait longer than 2^31 − 1 ms; longer than that nobody looks at one page. */
const LONGEST_WAIT = 2_147_483_647;

function useForgetInTime(removed: Removed | null, forget: () => void): void {
  const until = removed?.undoUntil ?? null;
  useEffect(() => {
    if (until === null) {
      return undefined;
    }
    const timer = setTimeout(forget, Math.min(Math.max(until - Date.now(), 0), LONGEST_WAIT));
    return () => clearTimeout(timer);
  }, [until, forget]);
}
