import {
  Heading,
  PanelSection,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Text,
} from '@hubspot/ui-extensions';
import type { DetailAnswer, Format, TaxLine } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';

/** What was sold, and the taxes on it. */
export function DetailLines({ detail }: { detail: DetailAnswer }) {
  const { t, format } = useCard();
  return (
    <PanelSection>
      <Heading>{t('detail.lines')}</Heading>
      {detail.lines.length === 0 ? (
        <Text>{t('detail.noLines')}</Text>
      ) : (
        <Table density="compact">
          <TableHead>
            <TableRow>
              <TableHeader>{t('detail.item')}</TableHeader>
              <TableHeader align="right">{t('detail.quantity')}</TableHeader>
              <TableHeader align="right">{t('detail.unitPrice')}</TableHeader>
              <TableHeader align="right">{t('detail.amount')}</TableHeader>
            </TableRow>
          </TableHead>
          <TableBody>
            {detail.lines.map((line, index) => (
              <TableRow key={index}>
                <TableCell>
                  <Text>{line.item}</Text>
                  {line.description === null || line.description === line.item ? null : (
                    <Text variant="microcopy">{line.description}</Text>
                  )}
                </TableCell>
                <TableCell align="right">{line.quantity === null ? '–' : format.decimal(line.quantity)}</TableCell>
                <TableCell align="right">{line.unitPrice === null ? '–' : format.money(line.unitPrice)}</TableCell>
                <TableCell align="right">{format.money(line.amount)}</TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
      {detail.taxes.map((tax, index) => (
        <Text key={index} variant="microcopy">
          {`${taxName(tax, format)}: ${format.money(tax.amount)}`}
        </Text>
      ))}
    </PanelSection>
  );
}

/** Many a tax has its rate in its name already: "VAT 20 %". */
function taxName({ name, rate }: TaxLine, format: Format): string {
  const shown = rate === null ? null : format.decimal(rate);
  return shown === null || name.includes(shown) ? name : `${name} (${shown} %)`;
}
