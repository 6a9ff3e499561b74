import { StatusTag } from '@hubspot/ui-extensions';
import type { InvoiceRow } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';
import { STATUS_VARIANT, statusText } from './status.ts';

export function StatusLabel({ row }: { row: InvoiceRow }) {
  const { t } = useCard();
  return (
    <StatusTag variant={STATUS_VARIANT[row.status]} hollow={row.status === 'voided'}>
      {statusText(row, t)}
    </StatusTag>
  );
}
