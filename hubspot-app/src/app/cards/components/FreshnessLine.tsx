import { Button, Flex, StatusTag, Text } from '@hubspot/ui-extensions';
import { useAction } from '@ledgercard/shared';
import type { ConnectionView, ListAnswer } from '@ledgercard/shared';
import { connectionName, useCard } from './CardContext.tsx';

const VARIANT = {
  live: 'success',
  cached: 'success',
  refreshing: 'info',
  loading: 'info',
  stale: 'warning',
  missing: 'warning',
} as const;

interface FreshnessLineProps {
  answer: ListAnswer;
  updating: boolean;
  onRefreshed: () => void;
}

/** Per connection: how new its rows are; and a button that reads them anew. */
export function FreshnessLine({ answer, updating, onRefreshed }: FreshnessLineProps) {
  const { api, record, t } = useCard();
  const refresh = useAction(async () => {
    await api.refresh(record);
    onRefreshed();
  });

  return (
    <Flex direction="row" align="center" gap="sm" wrap>
      {answer.connections.map((connection) => (
        <Freshness key={connection.id} connection={connection} answer={answer} updating={updating || refresh.busy} />
      ))}
      <Button
        variant="transparent"
        size="xs"
        disabled={refresh.busy || updating}
        onClick={() => void refresh.run()}
        testId="refresh"
      >
        {t('fresh.refresh')}
      </Button>
      {refresh.error === null ? null : <Text variant="microcopy">{t(`error.${refresh.error.kind}`)}</Text>}
    </Flex>
  );
}

interface FreshnessProps {
  connection: ConnectionView;
  answer: ListAnswer;
  updating: boolean;
}

function Freshness({ connection, answer, updating }: FreshnessProps) {
  const { t, format } = useCard();
  const { state, asOf } = connection.freshness;
  const shown = updating && state !== 'stale' ? 'refreshing' : state;
  const several = answer.connections.length > 1;
  const time = asOf === null ? null : format.instant(asOf, answer.timeZone, answer.today);
  return (
    <Flex direction="row" align="center" gap="xs">
      <StatusTag variant={VARIANT[shown]} hollow testId={`freshness-${connection.id}`}>
        {t(`fresh.${shown}`)}
      </StatusTag>
      <Text variant="microcopy">
        {several ? `${connectionName(connection, true, t)} ` : ''}
        {time === null ? '' : t('fresh.asOf', { time })}
      </Text>
    </Flex>
  );
}
