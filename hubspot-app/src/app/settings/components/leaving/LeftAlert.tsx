import { Alert, Button, Flex, Text } from '@hubspot/ui-extensions';
import type { LeaveAnswer } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';
import { countsText, NAMES } from './ways.ts';

/** What became of a way out. */
export type Left = LeaveAnswer;

const PURGES = ['purge_connection', 'purge_portal'];

/** What was erased, and, counted anew, what is still there: nothing, or it says so. */
export function LeftAlert({ left, onClose }: { left: Left; onClose: () => void }) {
  const settings = useSettings();
  const { t } = settings;
  const erased = countsText(left.erased, NAMES, settings);
  const isPurge = PURGES.includes(left.way);
  const isComplete = !isPurge || left.remaining === 0;
  return (
    <Alert title={t(`left.${left.way}`)} variant={isComplete ? 'success' : 'danger'}>
      <Flex direction="column" gap="xs" align="start">
        <Text>{t('left.erased', { what: erased })}</Text>
        {isPurge ? <Text>{t.count('left.remaining', left.remaining)}</Text> : null}
        {isComplete ? null : <Text>{t('left.remaining.what')}</Text>}
        {left.properties === null ? null : <Text>{t(`left.properties.${left.properties}`)}</Text>}
        <Button variant="secondary" size="xs" onClick={onClose}>
          {t('close')}
        </Button>
      </Flex>
    </Alert>
  );
}
