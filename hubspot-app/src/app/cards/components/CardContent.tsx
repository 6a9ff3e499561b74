import { Flex } from '@hubspot/ui-extensions';
import { useEffect } from 'react';
import type { ListAnswer } from '@ledgercard/shared';
import { useInvoices } from '../hooks/useInvoices.ts';
import { useListQuery } from '../hooks/useListQuery.ts';
import type { ChangeList } from '../hooks/useListQuery.ts';
import { useRemoval } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { Header } from './Header.tsx';
import { InvoiceList } from './InvoiceList.tsx';
import { FirstLoad, NoAnswer, NotConnectedState, NotPermitted } from './States.tsx';
import { UndoAlert } from './UndoAlert.tsx';

/** The card: which state it is in, and its parts from top to bottom. */
export function CardContent() {
  const { layout } = useCard();
  const query = useListQuery();
  const list = useInvoices(query.asked, layout === 'tab' ? 10 : 5);
  const removal = useRemoval(list.reload);
  const { answer } = list;
  useLastPage(answer, query.controls.page, query.change);

  if (list.phase === 'first') {
    return <FirstLoad />;
  }
  if (answer === null || answer.state === 'loading') {
    return <NoAnswer error={list.error} onRetry={list.reload} />;
  }
  if (!answer.permission.see) {
    return <NotPermitted />;
  }
  if (answer.state === 'not_connected') {
    return <NotConnectedState reason={answer.reason ?? 'never'} />;
  }
  return (
    <Flex direction="column" gap="md">
      <Header answer={answer} reload={list.reload} updating={list.phase === 'again'} />
      <UndoAlert removal={removal} today={answer.today} timeZone={answer.timeZone} />
      <InvoiceList answer={answer} list={list} query={query} removal={removal} />
    </Flex>
  );
}

/** When the last row of the last page is removed, its page is gone; the one before it is shown. */
function useLastPage(answer: ListAnswer | null, page: number, change: ChangeList): void {
  const last = answer === null ? 1 : Math.max(1, Math.ceil(answer.total / answer.pageSize));
  const isBeyond = answer !== null && answer.page === page && answer.rows.length === 0 && page > last;
  useEffect(() => {
    if (isBeyond) {
      change({ type: 'page', page: last });
    }
  }, [isBeyond, last, change]);
}
