import { Flex, TableCell, Tag, Text } from '@hubspot/ui-extensions';
import { isZero } from '@ledgercard/shared';
import type { InvoiceRow, ListAnswer } from '@ledgercard/shared';
import type { Removal } from '../hooks/useRemoval.ts';
import { connectionName, useCard } from './CardContext.tsx';
import { InvoiceOpener } from './InvoiceOpener.tsx';
import { RemoveButton } from './RemoveButton.tsx';
import { StatusLabel } from './StatusLabel.tsx';

interface CellsProps {
  row: InvoiceRow;
  answer: ListAnswer;
  removal: Removal;
}

/** Three narrow columns: which one and why it is here, how it stands, how much. */
export function SidebarCells({ row, answer, removal }: CellsProps) {
  const { t, format } = useCard();
  const connection = answer.connections.find((one) => one.id === row.connectionId);
  return (
    <>
      <TableCell>
        <Flex direction="column" gap="flush" align="start">
          <InvoiceOpener row={row} answer={answer} removal={removal} />
          <Text variant="microcopy">{format.date(row.date)}</Text>
          {row.kind === 'credit_note' ? <Tag inline>{t('creditNote')}</Tag> : null}
          {row.basis === null || row.basis === 'linked' ? null : <BasisTag row={row} />}
          {connection !== undefined && answer.connections.length > 1 ? (
            <Text variant="microcopy">{connectionName(connection, true, t)}</Text>
          ) : null}
        </Flex>
      </TableCell>
      <TableCell>
        <Flex direction="column" gap="flush" align="start">
          <StatusLabel row={row} />
          {row.dueDate === null ? null : <Text variant="microcopy">{format.date(row.dueDate)}</Text>}
        </Flex>
      </TableCell>
      <TableCell align="right">
        <Flex direction="column" gap="flush" align="end">
          <Remaining row={row} />
          {row.remaining.amount === row.total.amount ? null : (
            <Text variant="microcopy">{t('ofTotal', { total: format.money(row.total) })}</Text>
          )}
        </Flex>
      </TableCell>
    </>
  );
}

export function TabCells({ row, answer, removal }: CellsProps) {
  const { t, format } = useCard();
  const connection = answer.connections.find((one) => one.id === row.connectionId);
  return (
    <>
      <TableCell>
        <Flex direction="column" gap="flush" align="start">
          <InvoiceOpener row={row} answer={answer} removal={removal} />
          {row.kind === 'credit_note' ? <Tag inline>{t('creditNote')}</Tag> : null}
        </Flex>
      </TableCell>
      <TableCell>{format.date(row.date)}</TableCell>
      <TableCell>{row.dueDate === null ? '–' : format.date(row.dueDate)}</TableCell>
      <TableCell>
        <StatusLabel row={row} />
      </TableCell>
      <TableCell align="right">{format.money(row.total)}</TableCell>
      <TableCell align="right">
        <Remaining row={row} />
      </TableCell>
      <TableCell>
        <Flex direction="row" gap="xs" align="center" justify="between">
          <BasisTag row={row} />
          {row.attachment === null || !answer.permission.attach ? null : (
            <RemoveButton number={row.number} associationId={row.attachment.associationId} removal={removal} />
          )}
        </Flex>
      </TableCell>
      {connection !== undefined && answer.connections.length > 1 ? (
        <TableCell>{connectionName(connection, true, t)}</TableCell>
      ) : null}
    </>
  );
}

/** What is still to pay stands out; nothing to pay does not. */
function Remaining({ row }: { row: InvoiceRow }) {
  const { format } = useCard();
  return (
    <Text format={{ fontWeight: isZero(row.remaining) ? 'regular' : 'demibold' }}>
      {format.money(row.remaining)}
    </Text>
  );
}

function BasisTag({ row }: { row: InvoiceRow }) {
  const { t } = useCard();
  return row.basis === null ? null : (
    <Tag inline variant={row.basis === 'attached' ? 'info' : 'default'}>
      {t(`basis.${row.basis}`)}
    </Tag>
  );
}
