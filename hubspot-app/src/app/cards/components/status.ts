import type { InvoiceRow, Status, Translate } from '@ledgercard/shared';

export const STATUS_VARIANT = {
  draft: 'default',
  open: 'info',
  partially_paid: 'warning',
  overdue: 'danger',
  paid: 'success',
  voided: 'default',
  rejected: 'danger',
} as const satisfies Record<Status, string>;

export function statusWord(status: Status, t: Translate): string {
  return status === 'overdue' ? t('status.overdue.word') : t(`status.${status}`);
}

/** The status as a text that says all without its colour: how late, where it is late. */
export function statusText(row: InvoiceRow, t: Translate): string {
  return row.status === 'overdue' && row.daysOverdue > 0
    ? t.count('status.overdue', row.daysOverdue)
    : statusWord(row.status, t);
}
