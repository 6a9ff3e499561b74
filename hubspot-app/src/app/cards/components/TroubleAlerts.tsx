import { Alert, Text } from '@hubspot/ui-extensions';
import type { ApiError, ListAnswer } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';
import { troubleText } from './trouble.ts';

/** What is wrong although there are rows to show. */
export function TroubleAlerts({ answer, error }: { answer: ListAnswer; error: ApiError | null }) {
  const card = useCard();
  const { t } = card;
  return (
    <>
      {error === null ? null : (
        <Alert title={t('error.old')} variant="warning">
          <Problem error={error} />
        </Alert>
      )}
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
