import { Link, Text } from '@hubspot/ui-extensions';
import type { CustomerView, ListAnswer } from '@ledgercard/shared';
import { connectionName, useCard } from './CardContext.tsx';

/** The ERP customers whose invoices are listed, and why they belong to this record. */
export function CustomerLines({ answer }: { answer: ListAnswer }) {
  return (
    <>
      {answer.customers.map((customer) => (
        <CustomerLine key={`${customer.connectionId}/${customer.id}`} customer={customer} answer={answer} />
      ))}
    </>
  );
}

function CustomerLine({ customer, answer }: { customer: CustomerView; answer: ListAnswer }) {
  const { t } = useCard();
  const connection = answer.connections.find((one) => one.id === customer.connectionId);
  const system = connection === undefined ? '' : connectionName(connection, answer.connections.length > 1, t);
  const key = customer.basis === 'linked' ? 'customer.linked' : 'customer.matched';
  const text = t(key, { system, name: customer.name, number: customer.number });
  return (
    <Text variant="microcopy">
      {customer.url === null ? text : <Link href={{ url: customer.url, external: true }}>{text}</Link>}
    </Text>
  );
}
