import type { AddAnswer, InvoiceRow } from '@ledgercard/shared';
import { useCard } from '../components/CardContext.tsx';

/** An invoice by what names it; the ids of two connections may be the same. */
export function rowKey(row: { connectionId: string; id: string }): string {
  return `${row.connectionId}/${row.id}`;
}

/** Attaches invoices to this record; `confirmed` holds the keys of rows that the user said yes to. */
export function useAttach() {
  const { api, record } = useCard();
  return (rows: InvoiceRow[], confirmed: ReadonlySet<string>): Promise<AddAnswer> =>
    api.add({
      ...record,
      invoices: rows.map((row) => ({
        connectionId: row.connectionId,
        invoiceId: row.id,
        confirmed: confirmed.has(rowKey(row)),
      })),
    });
}
