import { Alert, Button, Text } from '@hubspot/ui-extensions';
import type { ListAnswer } from '@ledgercard/shared';
import type { useInvoices } from '../hooks/useInvoices.ts';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';
import { troubleText } from './trouble.ts';

/** What is wrong although there are rows to show. */
export function TroubleAlerts({ answer, list }: { answer: ListAnswer; list: ReturnType<typeof useInvoices> }) {
  const card = useCard();
  const { t } = card;
  const { error, gaveUp } = list;
  return (
    <>
      {error === null ? null : (
        <Alert title={t('error.old')} variant="warning">
          <Problem error={error} />
        </Alert>
      )}
      {gaveUp ? (
        <Alert title={t('state.slow')} variant="warning">
          <Text>{t('state.slow.what')}</Text>
          <Button variant="secondary" size="xs" onClick={list.reload}>
            {t('state.slow.retry')}
          </Button>
        </Alert>
      ) : null}
      {answer.connections.map((connection) => {
        const text = troubleText(connection, answer, card);
        return text === null ? null : (
          <Alert key={connection.id} title={text} variant="warning">
            {asOfText(connection.freshness.asOf, answer, card)}
          </Alert>
        );
      })}
      {answer.hubspotReachable ? null : (
        <Alert title={t('state.hubspot')} variant="info">
          <Text>{t('state.hubspot.what')}</Text>
        </Alert>
      )}
    </>
  );
}

function asOfText(asOf: number | null, answer: ListAnswer, { t, format }: ReturnType<typeof useCard>) {
  return asOf === null ? null : (
    <Text>{t('trouble.showing', { time: format.instant(asOf, answer.timeZone, answer.today) })}</Text>
  );
}
