import type { ListAnswer } from '@ledgercard/shared';
import { useCard } from '../components/CardContext.tsx';
import type { ListControls } from './useListQuery.ts';
import { usePolledRead } from './usePolledRead.ts';

function isRefreshing(answer: ListAnswer): boolean {
  return answer.connections.some((connection) => connection.freshness.state === 'refreshing');
}

/** The list of this record as the controls ask for it. */
export function useInvoices(asked: ListControls, pageSize: number) {
  const { api, record } = useCard();
  const query = {
    ...record,
    page: asked.page,
    pageSize,
    sort: asked.sort,
    status: asked.status,
    q: asked.text,
  };
  return usePolledRead(JSON.stringify(query), () => api.list(query), { isSettling: isRefreshing });
}
