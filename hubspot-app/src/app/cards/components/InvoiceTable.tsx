import { Table, TableBody, TableHead, TableHeader, TableRow } from '@hubspot/ui-extensions';
import type { InvoiceRow, ListAnswer, SortKey } from '@ledgercard/shared';
import { rowKey } from '../hooks/useAttach.ts';
import type { ChangeList, ListControls } from '../hooks/useListQuery.ts';
import type { Removal } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { SidebarCells, TabCells } from './InvoiceCells.tsx';

interface InvoiceTableProps {
  answer: ListAnswer;
  controls: ListControls;
  change: ChangeList;
  removal: Removal;
}

/** The rows of one page. Order, choice and page are the backend's work; this only asks for them. */
export function InvoiceTable({ answer, controls, change, removal }: InvoiceTableProps) {
  const { layout } = useCard();
  const pageCount = Math.max(1, Math.ceil(answer.total / answer.pageSize));
  const rows = (
    <>
      <TableHead>
        <TableRow>
          {layout === 'tab' ? (
            <TabHeaders answer={answer} controls={controls} change={change} />
          ) : (
            <SidebarHeaders controls={controls} change={change} />
          )}
        </TableRow>
      </TableHead>
      <TableBody>
        {answer.rows.map((row) => (
          <TableRow key={rowKey(row)}>
            <Cells row={row} answer={answer} removal={removal} />
          </TableRow>
        ))}
      </TableBody>
    </>
  );
  return pageCount > 1 ? (
    <Table
      density="compact"
      paginated
      page={controls.page}
      pageCount={pageCount}
      maxVisiblePageButtons={layout === 'tab' ? 5 : 3}
      showButtonLabels={layout === 'tab'}
      onPageChange={(page) => change({ type: 'page', page })}
    >
      {rows}
    </Table>
  ) : (
    <Table density="compact">{rows}</Table>
  );
}

function Cells(props: { row: InvoiceRow; answer: ListAnswer; removal: Removal }) {
  const { layout } = useCard();
  return layout === 'tab' ? <TabCells {...props} /> : <SidebarCells {...props} />;
}

interface HeadersProps {
  controls: ListControls;
  change: ChangeList;
}

function SidebarHeaders(props: HeadersProps) {
  const { t } = useCard();
  return (
    <>
      <SortHeader {...props} by="date" label={t('invoice')} />
      <SortHeader {...props} by="dueDate" label={t('due')} />
      <SortHeader {...props} by="remaining" label={t('remaining')} align="right" />
    </>
  );
}

function TabHeaders({ answer, ...props }: HeadersProps & { answer: ListAnswer }) {
  const { t } = useCard();
  return (
    <>
      <SortHeader {...props} by="number" label={t('invoice')} />
      <SortHeader {...props} by="date" label={t('date')} />
      <SortHeader {...props} by="dueDate" label={t('due')} />
      <SortHeader {...props} by="status" label={t('status')} />
      <SortHeader {...props} by="total" label={t('total')} align="right" />
      <SortHeader {...props} by="remaining" label={t('remaining')} align="right" />
      <TableHeader>{t('source')}</TableHeader>
      {answer.connections.length > 1 ? <TableHeader>{t('account')}</TableHeader> : null}
    </>
  );
}

interface SortHeaderProps extends HeadersProps {
  by: SortKey;
  label: string;
  align?: 'left' | 'right';
}

function SortHeader({ by, label, align = 'left', controls, change }: SortHeaderProps) {
  const direction = controls.sort === by ? 'ascending' : controls.sort === `-${by}` ? 'descending' : 'none';
  return (
    <TableHeader
      align={align}
      sortDirection={direction}
      onSortChange={() => change({ type: 'sort', sort: direction === 'descending' ? by : `-${by}` })}
    >
      {label}
    </TableHeader>
  );
}
