import { DescriptionList, DescriptionListItem, Text } from '@hubspot/ui-extensions';
import type { InvoiceRow, ListAnswer } from '@ledgercard/shared';
import { connectionName, useCard } from './CardContext.tsx';
import { StatusLabel } from './StatusLabel.tsx';

interface DetailFactsProps {
  row: InvoiceRow;
  terms: string | null;
  answer: ListAnswer;
}

/** The head of an invoice; what the ERP does not have is left out. */
export function DetailFacts({ row, terms, answer }: DetailFactsProps) {
  const { t, format } = useCard();
  const connection = answer.connections.find((one) => one.id === row.connectionId);
  const facts: [string, string | null][] = [
    [t('customer'), `${row.customer.name} (${row.customer.number})`],
    [t('date'), format.date(row.date)],
    [t('due'), row.dueDate === null ? null : format.date(row.dueDate)],
    [t('terms'), terms],
    [t('poNumber'), row.poNumber],
    [t('memo'), row.memo],
    [t('subsidiary'), row.subsidiary],
    [t('detail.erpStatus', { system: connection?.systemName ?? 'ERP' }), row.rawStatus],
    [t('source'), row.basis === null ? null : t(`basis.explain.${row.basis}`)],
    [
      t('account'),
      connection !== undefined && answer.connections.length > 1 ? connectionName(connection, true, t) : null,
    ],
  ];
  return (
    <DescriptionList direction="column">
      <DescriptionListItem label={t('status')}>
        <StatusLabel row={row} />
      </DescriptionListItem>
      {facts.map(([label, value]) =>
        value === null || value === '' ? null : (
          <DescriptionListItem key={label} label={label}>
            <Text>{value}</Text>
          </DescriptionListItem>
        ),
      )}
    </DescriptionList>
  );
}
