import { Button, EmptyState, Flex, Text } from '@hubspot/ui-extensions';
import type { ListAnswer } from '@ledgercard/shared';
import type { useInvoices } from '../hooks/useInvoices.ts';
import type { useListQuery } from '../hooks/useListQuery.ts';
import type { Removal } from '../hooks/useRemoval.ts';
import { CandidateChooser } from './CandidateChooser.tsx';
import { useCard } from './CardContext.tsx';
import { CustomerLines } from './CustomerLines.tsx';
import { Filters } from './Filters.tsx';
import { InvoiceTable } from './InvoiceTable.tsx';
import { MissingRows } from './MissingRows.tsx';
import { Empty, NoPermission, Unavailable } from './States.tsx';
import { Suggestions } from './Suggestions.tsx';
import { SummaryStrip } from './SummaryStrip.tsx';
import { SyncLines } from './SyncLines.tsx';
import { TroubleAlerts } from './TroubleAlerts.tsx';

interface InvoiceListProps {
  answer: ListAnswer;
  list: ReturnType<typeof useInvoices>;
  query: ReturnType<typeof useListQuery>;
  removal: Removal;
}

/** Everything below the header: troubles, totals, the rows, and what is not among the rows but belongs near them. */
export function InvoiceList({ answer, list, query, removal }: InvoiceListProps) {
  const hasRows = answer.allRows > 0;
  const isBare = !hasRows && answer.missing.length === 0;

  if (isBare && answer.state === 'no_permission') {
    return <NoPermission answer={answer} onRetry={list.reload} />;
  }
  if (isBare && answer.state === 'unavailable') {
    return <Unavailable answer={answer} onRetry={list.reload} />;
  }
  return (
    <>
      <TroubleAlerts answer={answer} list={list} />
      {answer.state === 'ambiguous' ? <CandidateChooser answer={answer} onLinked={list.reload} /> : null}
      <CustomerLines answer={answer} />
      <SyncLines answer={answer} onAsked={list.reload} />
      {answer.summary.length > 0 || !answer.summaryComplete ? (
        <SummaryStrip summary={answer.summary} complete={answer.summaryComplete} />
      ) : null}
      {hasRows ? <Rows answer={answer} list={list} query={query} removal={removal} /> : null}
      {isBare && answer.state === 'ready' ? <Empty answer={answer} /> : null}
      <MissingRows answer={answer} removal={removal} />
      <Suggestions answer={answer} onAdded={list.reload} />
    </>
  );
}

/** A list that fits on one page needs no search, unless one is set already. */
function Rows({ answer, list, query, removal }: InvoiceListProps) {
  const { t, format } = useCard();
  const filters =
    query.isFiltered || answer.allRows > answer.pageSize ? (
      <Filters controls={query.controls} change={query.change} />
    ) : null;
  return (
    <Flex direction="column" gap="sm">
      {filters}
      {answer.rows.length > 0 ? (
        <InvoiceTable answer={answer} controls={query.controls} change={query.change} removal={removal} />
      ) : (
        <EmptyState title={t('filter.none')} layout="vertical" imageName="voteAndSearch" imageWidth={120} flush>
          <Text>{t('filter.none.what')}</Text>
          <Button variant="secondary" size="sm" onClick={() => query.change({ type: 'clear' })}>
            {t('filter.clear')}
          </Button>
        </EmptyState>
      )}
      {answer.total > answer.pageSize ? (
        <Text variant="microcopy">
          {list.phase === 'again' ? t('fresh.refreshing') : t.count('list.shown', answer.total)}
        </Text>
      ) : null}
      {answer.truncated === null ? null : (
        <Text variant="microcopy">
          {t('list.truncated', {
            shown: format.number(answer.truncated.shown),
            of: format.number(answer.truncated.of),
          })}
        </Text>
      )}
    </Flex>
  );
}
