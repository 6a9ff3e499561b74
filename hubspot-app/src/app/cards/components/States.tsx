import { Button, EmptyState, ErrorState, Link, LoadingSpinner, Text } from '@hubspot/ui-extensions';
import type { ApiError, ListAnswer, NotConnected } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';
import { troubleText } from './trouble.ts';

/** The states in which there is no list to show. Each says what the user can do next. */

export function FirstLoad() {
  const { t } = useCard();
  return <LoadingSpinner label={t('state.loading')} showLabel layout="centered" />;
}

/** Nothing came: the call failed, or the ERP is still being read after many polls. */
export function NoAnswer({ error, onRetry }: { error: ApiError | null; onRetry: () => void }) {
  const { t } = useCard();
  return (
    <ErrorState title={t(error === null ? 'state.slow' : 'error.title')} type="error">
      {error === null ? <Text>{t('state.slow.what')}</Text> : <Problem error={error} />}
      <Button variant="secondary" onClick={onRetry}>
        {t(error === null ? 'state.slow.retry' : 'retry')}
      </Button>
    </ErrorState>
  );
}

/** No ERP to ask: why, and where an administrator mends it. HubSpot resolves the link within its own address. */
export function NotConnectedState({ reason }: { reason: NotConnected }) {
  const { t, portalId } = useCard();
  return (
    <EmptyState title={t(`notConnected.${reason}`)} imageName="integrations" layout="vertical" imageWidth={160}>
      <Text>{t(`notConnected.${reason}.what`)}</Text>
      <Link href={`/integrations-settings/${portalId}/installed`}>{t('notConnected.settings')}</Link>
    </EmptyState>
  );
}

/** An administrator decided that this user sees no invoices; nothing else is known here. */
export function NotPermitted() {
  const { t } = useCard();
  return (
    <ErrorState title={t('permission.see')} type="lock">
      <Text>{t('permission.see.what')}</Text>
    </ErrorState>
  );
}

interface ListStateProps {
  answer: ListAnswer;
  onRetry: () => void;
}

export function NoPermission({ answer, onRetry }: ListStateProps) {
  const { t } = useCard();
  return (
    <ErrorState title={t('state.no_permission')} type="lock">
      <Troubles answer={answer} />
      <Text>{t('state.no_permission.what')}</Text>
      <Button variant="secondary" onClick={onRetry}>
        {t('retry')}
      </Button>
    </ErrorState>
  );
}

export function Unavailable({ answer, onRetry }: ListStateProps) {
  const { t } = useCard();
  return (
    <ErrorState title={t('state.unavailable')} type="error">
      <Troubles answer={answer} />
      <Text>{t('state.unavailable.what')}</Text>
      <Button variant="secondary" onClick={onRetry}>
        {t('retry')}
      </Button>
    </ErrorState>
  );
}

export function Empty({ answer }: { answer: ListAnswer }) {
  const { t } = useCard();
  const isDeal = answer.record.objectTypeId === '0-3';
  const what = isDeal ? 'state.empty.deal' : answer.customers.length > 0 ? 'state.empty.customer' : 'state.empty.what';
  return (
    <EmptyState title={t('state.empty')} imageName="emptyStateCharts" layout="vertical" imageWidth={140} flush>
      <Text>{t(answer.permission.attach ? what : 'state.empty.readOnly')}</Text>
    </EmptyState>
  );
}

function Troubles({ answer }: { answer: ListAnswer }) {
  const card = useCard();
  return (
    <>
      {answer.connections.map((connection) => {
        const text = troubleText(connection, answer, card);
        return text === null ? null : <Text key={connection.id}>{text}</Text>;
      })}
    </>
  );
}
