import type { ConnectionView } from '@ledgercard/shared';
import { connectionName } from './CardContext.tsx';
import type { CardEnvironment } from './CardContext.tsx';

interface Clock {
  today: string;
  timeZone: string;
  connections: ConnectionView[];
}

/** What is wrong with a connection, in a sentence; null if nothing is. */
export function troubleText(
  connection: ConnectionView,
  answer: Clock,
  { t, format }: CardEnvironment,
): string | null {
  const trouble = connection.freshness.trouble;
  const name = connectionName(connection, answer.connections.length > 1, t);
  if (trouble === null) {
    return null;
  }
  switch (trouble.code) {
    case 'throttled':
      return trouble.retryAt === null
        ? t('trouble.throttled', { name })
        : t('trouble.throttledUntil', {
            name,
            time: format.instant(trouble.retryAt, answer.timeZone, answer.today),
          });
    case 'no_permission':
      return trouble.permission === null
        ? t('trouble.no_permission.unnamed', { name })
        : t('trouble.no_permission', { name, permission: trouble.permission });
    default:
      return t(`trouble.${trouble.code}`, { name });
  }
}
