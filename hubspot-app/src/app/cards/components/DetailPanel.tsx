import {
  Button,
  DescriptionList,
  DescriptionListItem,
  EmptyState,
  ErrorState,
  LoadingSpinner,
  PanelBody,
  PanelFooter,
  PanelSection,
  Text,
} from '@hubspot/ui-extensions';
import type { DetailAnswer, InvoiceRow, ListAnswer } from '@ledgercard/shared';
import { usePolledRead } from '../hooks/usePolledRead.ts';
import type { Removal } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { DetailFacts } from './DetailFacts.tsx';
import { DetailLines } from './DetailLines.tsx';
import { DetailPayments } from './DetailPayments.tsx';
import { Problem } from './Problem.tsx';
import { troubleText } from './trouble.ts';

interface DetailPanelProps {
  row: InvoiceRow;
  answer: ListAnswer;
  removal: Removal;
  onGone: () => void;
}

/** One invoice in full, read when the panel opens. Its head is known from the list and shown at once. */
export function DetailPanel({ row, answer, removal, onGone }: DetailPanelProps) {
  const { api, record, t } = useCard();
  const question = { ...record, connectionId: row.connectionId, invoiceId: row.id };
  const read = usePolledRead(JSON.stringify(question), () => api.detail(question));
  const attachment = row.attachment;
  // Why it is on this record is known by the list alone.
  const invoice = { ...(read.answer?.invoice ?? row), basis: row.basis, attachment };
  const system = answer.connections.find((one) => one.id === row.connectionId)?.systemName ?? '';

  return (
    <>
      <PanelBody>
        <PanelSection>
          <DetailFacts row={invoice} terms={read.answer?.terms ?? null} answer={answer} />
          {attachment === null ? null : <AttachedBy row={row} answer={answer} />}
        </PanelSection>
        <DetailRest read={read} answer={answer} />
      </PanelBody>
      <PanelFooter>
        <Button variant="secondary" href={{ url: row.url, external: true }}>
          {t('detail.openIn', { system })}
        </Button>
        {attachment === null || !answer.permission.attach ? null : (
          <Button
            variant="destructive"
            disabled={removal.remove.busy}
            onClick={() => {
              onGone();
              void removal.remove.run(attachment.associationId, row.number);
            }}
          >
            {t('remove.button')}
          </Button>
        )}
      </PanelFooter>
    </>
  );
}

function AttachedBy({ row, answer }: { row: InvoiceRow; answer: ListAnswer }) {
  const { t, format, userId } = useCard();
  if (row.attachment === null) {
    return null;
  }
  const { addedBy, addedAt } = row.attachment;
  const who = addedBy === userId ? t('you') : t('user', { id: addedBy });
  return (
    <Text variant="microcopy">
      {t('attachedBy', { who, when: format.instant(addedAt, answer.timeZone, '') })}
    </Text>
  );
}

interface DetailRestProps {
  read: ReturnType<typeof usePolledRead<DetailAnswer>>;
  answer: ListAnswer;
}

function DetailRest({ read, answer }: DetailRestProps) {
  const card = useCard();
  const { t } = card;
  const detail = read.answer;
  if (read.phase === 'first') {
    return <LoadingSpinner label={t('detail.loading')} showLabel layout="centered" />;
  }
  if (detail === null || detail.state === 'loading') {
    return (
      <ErrorState title={t(read.error === null ? 'state.slow' : 'error.title')}>
        {read.error === null ? <Text>{t('state.slow.what')}</Text> : <Problem error={read.error} />}
        <Button variant="secondary" onClick={read.reload}>
          {t('retry')}
        </Button>
      </ErrorState>
    );
  }
  if (detail.state === 'deleted_in_erp') {
    return (
      <EmptyState title={t('detail.deleted')} layout="vertical" imageName="missedGoal" imageWidth={120}>
        <Text>{t('detail.deleted.what')}</Text>
      </EmptyState>
    );
  }
  if (detail.state !== 'ready') {
    return (
      <ErrorState title={t(`state.${detail.state}`)} type={detail.state === 'no_permission' ? 'lock' : 'error'}>
        <Text>{troubleText(detail.connection, answer, card) ?? t(`state.${detail.state}.what`)}</Text>
        <Button variant="secondary" onClick={read.reload}>
          {t('retry')}
        </Button>
      </ErrorState>
    );
  }
  return (
    <>
      <DetailLines detail={detail} />
      <DetailTotals detail={detail} />
      <DetailPayments detail={detail} />
    </>
  );
}

function DetailTotals({ detail }: { detail: DetailAnswer }) {
  const { t, format } = useCard();
  const invoice = detail.invoice;
  const amounts = [
    ['detail.subtotal', detail.subtotal],
    ['detail.discount', detail.discount],
    ['detail.shipping', detail.shipping],
    ['detail.taxTotal', detail.taxTotal],
    ['total', invoice?.total ?? null],
    ['detail.paid', invoice?.paid ?? null],
    ['remaining', invoice?.remaining ?? null],
  ] as const;
  return (
    <PanelSection>
      <DescriptionList direction="row">
        {amounts.map(([key, money]) =>
          money === null ? null : (
            <DescriptionListItem key={key} label={t(key)}>
              <Text>{format.money(money)}</Text>
            </DescriptionListItem>
          ),
        )}
      </DescriptionList>
    </PanelSection>
  );
}
