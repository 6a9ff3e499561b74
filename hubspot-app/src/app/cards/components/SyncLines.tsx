import { Alert, Flex, Link, LoadingButton, Text } from '@hubspot/ui-extensions';
import { CAUSES, known, useAction } from '@ledgercard/shared';
import type { ListAnswer, RecordSync, Translate } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';

/** How this record stands with the contact sync, ERP record by ERP record, and a button that brings it in step now. */
export function SyncLines({ answer, onAsked }: { answer: ListAnswer; onAsked: () => void }) {
  const { api, record, t, actions } = useCard();
  const now = useAction(async () => {
    await api.sync(record);
    actions.addAlert({ type: 'success', message: t('sync.asked') });
    onAsked();
  });
  const lines = answer.sync ?? [];
  if (lines.length === 0) {
    return null;
  }
  return (
    <Flex direction="column" gap="xs">
      {lines.map((line) =>
        line.state === 'parked' ? (
          <Parked key={keyOf(line)} line={line} />
        ) : (
          <Line key={keyOf(line)} line={line} answer={answer} />
        ),
      )}
      {now.error === null ? null : <Problem error={now.error} />}
      {lines.every((line) => line.state === 'off') ? null : (
        <Flex direction="row">
          <LoadingButton variant="secondary" size="xs" loading={now.busy} onClick={() => void now.run()} testId="sync-now">
            {t('sync.now')}
          </LoadingButton>
        </Flex>
      )}
    </Flex>
  );
}

function keyOf(line: RecordSync): string {
  return `${line.connectionId}/${line.kind}/${line.erpId}`;
}

function whatText(line: RecordSync, t: Translate): string {
  return t(line.kind === 'contact' ? 'sync.what.contact' : 'sync.what.customer', { id: line.erpId });
}

function Line({ line, answer }: { line: RecordSync; answer: ListAnswer }) {
  const { t, format } = useCard();
  const what = whatText(line, t);
  const text =
    line.state === 'in_step' && line.inStepAt
      ? t('sync.in_step', { what, when: format.instant(line.inStepAt, answer.timeZone, answer.today) })
      : line.state === 'in_step'
        ? t('sync.in_step.never', { what })
        : t(line.state === 'off' ? 'sync.off' : 'sync.waiting', { what });
  return <Text variant="microcopy">{line.erpUrl ? <Link href={{ url: line.erpUrl, external: true }}>{text}</Link> : text}</Text>;
}

/** Why it could not be brought in step, in plain words, and what to do. */
function Parked({ line }: { line: RecordSync }) {
  const { t } = useCard();
  const cause = known(CAUSES, line.cause);
  // A rule may be named like its property.
  const place = [...new Set([line.field, line.rule].filter(Boolean))].join(', ');
  const title = t(`cause.${cause}`);
  const what = whatText(line, t);
  return (
    <Alert title={t('sync.parked', { what })} variant="warning">
      <Text>{place === '' ? `${title}.` : `${t('cause.at', { cause: title, place })}.`}</Text>
      <Text>{t(`cause.${cause}.what`)}</Text>
      {line.erpUrl ? <Link href={{ url: line.erpUrl, external: true }}>{what}</Link> : null}
    </Alert>
  );
}
