import { DescriptionList, DescriptionListItem, Text } from '@hubspot/ui-extensions';
import type { ConnectionSettings } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

export function ConnectionFacts({ connection }: { connection: ConnectionSettings }) {
  const { t, format, when } = useSettings();
  const { counts, credentialsEndAt, health } = connection;
  const ends = credentialsEndAt === null ? t('connection.noEnd') : when(credentialsEndAt);
  const facts: [label: string, value: string][] = [
    [t('connection.account'), connection.accountId],
    [t('connection.method'), t(`method.${connection.method}`)],
    [t('connection.lastGood'), health.lastGoodAt === null ? t('connection.noGood') : when(health.lastGoodAt)],
    [t('connection.credentialsEnd'), connection.status === 'disconnected' ? '–' : ends],
    [t('connection.currency'), connection.baseCurrency ?? t('connection.fromErp')],
    [t('connection.associations'), format.number(counts.associations)],
    [t('connection.links'), format.number(counts.links)],
  ];
  return (
    <DescriptionList direction="column">
      {facts.map(([label, value]) => (
        <DescriptionListItem key={label} label={label}>
          <Text>{value}</Text>
        </DescriptionListItem>
      ))}
    </DescriptionList>
  );
}
