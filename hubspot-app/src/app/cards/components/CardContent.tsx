import { Flex } from '@hubspot/ui-extensions';
import { useInvoices } from '../hooks/useInvoices.ts';
import { useListQuery } from '../hooks/useListQuery.ts';
import { useRemoval } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { Header } from './Header.tsx';
import { InvoiceList } from './InvoiceList.tsx';
import { FirstLoad, NoAnswer, NotConnected } from './States.tsx';
import { UndoAlert } from './UndoAlert.tsx';

/** The card: which state it is in, and its parts from top to bottom. */
export function CardContent() {
  const { layout } = useCard();
  const query = useListQuery();
  const list = useInvoices(query.asked, layout === 'tab' ? 10 : 5);
  const removal = useRemoval(list.reload);
  const { answer } = list;

  if (list.phase === 'first') {
    return <FirstLoad />;
  }
  if (answer === null || answer.state === 'loading') {
    return <NoAnswer error={list.error} onRetry={list.reload} />;
  }
  if (answer.state === 'not_connected') {
    return <NotConnected />;
  }
  return (
    <Flex direction="column" gap="md">
      <Header answer={answer} reload={list.reload} updating={list.phase === 'again'} />
      <UndoAlert removal={removal} today={answer.today} timeZone={answer.timeZone} />
      <InvoiceList answer={answer} list={list} query={query} removal={removal} />
    </Flex>
  );
}
