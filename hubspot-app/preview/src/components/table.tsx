import type { ReactNode } from 'react';

interface TableProps {
  density?: string;
  bordered?: boolean;
  paginated?: boolean;
  page?: number;
  pageCount?: number;
  maxVisiblePageButtons?: number;
  showButtonLabels?: boolean;
  onPageChange?: (page: number) => void;
  testId?: string;
  children?: ReactNode;
}

export function Table(props: TableProps) {
  return (
    <div className="table-frame" data-testid={props.testId}>
      <div className="table-scroll">
        <table className={`table density-${props.density ?? 'default'}`}>{props.children}</table>
      </div>
      {props.paginated === true ? <Pages {...props} /> : null}
    </div>
  );
}

function Pages({ page = 1, pageCount = 1, maxVisiblePageButtons = 5, showButtonLabels = true, onPageChange }: TableProps) {
  const first = Math.max(1, Math.min(page - Math.floor(maxVisiblePageButtons / 2), pageCount - maxVisiblePageButtons + 1));
  const shown = Array.from({ length: Math.min(maxVisiblePageButtons, pageCount) }, (_, index) => first + index);
  return (
    <nav className="pages" aria-label="Pages">
      <button type="button" disabled={page <= 1} aria-label="Previous page" onClick={() => onPageChange?.(page - 1)}>
        <span aria-hidden="true">‹</span>
        {showButtonLabels ? ' Prev' : ''}
      </button>
      {shown.map((number) => (
        <button
          key={number}
          type="button"
          aria-label={`Page ${number}`}
          aria-current={number === page ? 'page' : undefined}
          onClick={() => onPageChange?.(number)}
        >
          {number}
        </button>
      ))}
      <button type="button" disabled={page >= pageCount} aria-label="Next page" onClick={() => onPageChange?.(page + 1)}>
        {showButtonLabels ? 'Next ' : ''}
        <span aria-hidden="true">›</span>
      </button>
    </nav>
  );
}

interface CellProps {
  align?: string;
  width?: string | number;
  colSpan?: number;
  children?: ReactNode;
}

interface HeaderProps extends CellProps {
  sortDirection?: 'never' | 'none' | 'ascending' | 'descending';
  disabled?: boolean;
  onSortChange?: (direction: string) => void;
}

const ARROW = { ascending: '▲', descending: '▼', none: '↕' } as const;

function lookOf({ align = 'left', width }: CellProps): string {
  return width === 'min' ? `align-${align} width-min` : `align-${align}`;
}

export function TableHeader({ sortDirection = 'never', onSortChange, disabled, children, ...cell }: HeaderProps) {
  if (sortDirection === 'never') {
    return (
      <th scope="col" className={lookOf(cell)}>
        {children}
      </th>
    );
  }
  const next = sortDirection === 'ascending' ? 'descending' : 'ascending';
  return (
    <th scope="col" className={lookOf(cell)} aria-sort={sortDirection}>
      <button type="button" className="sort" disabled={disabled === true} onClick={() => onSortChange?.(next)}>
        {children}
        <span className={`arrow arrow-${sortDirection}`} aria-hidden="true">
          {ARROW[sortDirection]}
        </span>
      </button>
    </th>
  );
}

export const TableHead = ({ children }: CellProps) => <thead>{children}</thead>;
export const TableBody = ({ children }: CellProps) => <tbody>{children}</tbody>;
export const TableFooter = ({ children }: CellProps) => <tfoot>{children}</tfoot>;
export const TableRow = ({ children }: CellProps) => <tr>{children}</tr>;
export const TableCell = ({ colSpan, children, ...cell }: CellProps) => (
  <td className={lookOf(cell)} colSpan={colSpan}>
    {children}
  </td>
);

interface StatisticsItemProps {
  label: string;
  number: string | number;
  children?: ReactNode;
}

export const Statistics = ({ children }: CellProps) => <dl className="statistics">{children}</dl>;

export function StatisticsItem({ label, number, children }: StatisticsItemProps) {
  return (
    <div className="statistic">
      <dt>{label}</dt>
      <dd>
        <span className="statistic-number">{number}</span>
        {children}
      </dd>
    </div>
  );
}

export const DescriptionList = ({ direction = 'column', children }: { direction?: string; children?: ReactNode }) => (
  <dl className={`descriptions descriptions-${direction}`}>{children}</dl>
);

export function DescriptionListItem({ label, children }: { label: string; children?: ReactNode }) {
  return (
    <div className="description">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
