import {
  Heading,
  Link,
  PanelSection,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import type { DetailAnswer } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';

export function DetailPayments({ detail }: { detail: DetailAnswer }) {
  const { t, format } = useCard();
  return (
    <PanelSection>
      <Heading>{t('detail.payments')}</Heading>
      {detail.payments.length === 0 ? (
        <Text>{t('detail.noPayments')}</Text>
      ) : (
        <Table density="compact">
          <TableHead>
            <TableRow>
              <TableHeader>{t('detail.payment')}</TableHeader>
              <TableHeader>{t('date')}</TableHeader>
              <TableHeader align="right">{t('detail.amount')}</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {detail.payments.map((payment) => (
              <TableRow key={`${payment.kind}/${payment.number}`}>
                <TableCell>
                  {payment.url === null ? (
                    <Text>{payment.number}</Text>
                  ) : (
                    <Link href={{ url: payment.url, external: true }}>{payment.number}</Link>
                  )}
                  <Text variant="microcopy">{payment.kind}</Text>
                </TableCell>
                <TableCell>{payment.date === null ? '–' : format.date(payment.date)}</TableCell>
                <TableCell align="right">{payment.amount === null ? '–' : format.money(payment.amount)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </PanelSection>
  );
}
