import {
  Checkbox,
  Flex,
  Table,
  TableBody,
  TableCell,
  TableHead,
  TableHeader,
  TableRow,
  Tag,
  Text,
} from '@hubspot/ui-extensions';
import type { SearchAnswer, SearchRow } from '@ledgercard/shared';
import { MOST_AT_ONCE, SEARCH_PAGE_SIZE } from '../hooks/useAddFlow.ts';
import type { AddFlow } from '../hooks/useAddFlow.ts';
import { rowKey } from '../hooks/useAttach.ts';
import { connectionName, useCard } from './CardContext.tsx';
import { recordText } from './records.ts';
import { StatusLabel } from './StatusLabel.tsx';

/** A page of search results with ticks. */
export function AddTable({ flow, answer }: { flow: AddFlow; answer: SearchAnswer }) {
  const { t } = useCard();
  const pageCount = Math.max(1, Math.ceil(answer.total / SEARCH_PAGE_SIZE));
  const content = (
    <>
      <TableHead>
        <TableRow>
          <TableHeader>{t('invoice')}</TableHeader>
          <TableHeader>{t('customer')}</TableHeader>
          <TableHeader>{t('status')}</TableHeader>
          <TableHeader align="right">{t('total')}</TableHeader>
        </TableRow>
      </TableHead>
      <TableBody>
        {answer.rows.map((row) => (
          <FoundRow key={rowKey(row.row)} found={row} flow={flow} answer={answer} />
        ))}
      </TableBody>
    </>
  );
  return (
    <Flex direction="column" gap="xs">
      <Text variant="microcopy">
        {flow.read.phase === 'again' ? t('add.searching') : t.count('add.found', answer.total)}
      </Text>
      {pageCount > 1 ? (
        <Table
          density="compact"
          paginated
          page={flow.state.page}
          pageCount={pageCount}
          maxVisiblePageButtons={5}
          onPageChange={(page) => flow.dispatch({ type: 'page', page })}
        >
          {content}
        </Table>
      ) : (
        <Table density="compact">{content}</Table>
      )}
    </Flex>
  );
}

interface FoundRowProps {
  found: SearchRow;
  flow: AddFlow;
  answer: SearchAnswer;
}

function FoundRow({ found, flow, answer }: FoundRowProps) {
  const { t, format } = useCard();
  const { row } = found;
  const key = rowKey(row);
  const isChosen = flow.state.chosen.has(key);
  const isFull = !isChosen && flow.state.chosen.size >= MOST_AT_ONCE;
  const connection = answer.connections.find((one) => one.id === row.connectionId);
  return (
    <TableRow>
      <TableCell>
        <Checkbox
          name={`choose-${key}`}
          checked={isChosen || found.attachedHere}
          readOnly={found.attachedHere || isFull}
          aria-label={t('add.choose', { number: row.number })}
          onChange={(on) => flow.dispatch({ type: 'tick', row: found, on })}
        >
          {row.number}
        </Checkbox>
        <Text variant="microcopy">{format.date(row.date)}</Text>
        <Notes found={found} />
      </TableCell>
      <TableCell>
        <Text>{row.customer.name}</Text>
        <Text variant="microcopy">
          {[
            row.poNumber === null ? null : `${t('poNumber')} ${row.poNumber}`,
            row.memo,
            connection !== undefined && answer.connections.length > 1 ? connectionName(connection, true, t) : null,
          ]
            .filter((part) => part !== null && part !== '')
            .join(' · ')}
        </Text>
      </TableCell>
      <TableCell>
        <StatusLabel row={row} />
      </TableCell>
      <TableCell align="right">{format.money(row.total)}</TableCell>
    </TableRow>
  );
}

/** Why it is suggested, and where it is attached already. */
function Notes({ found }: { found: SearchRow }) {
  const { t } = useCard();
  const { suggestion, attachedHere, attachedTo, row } = found;
  return (
    <>
      {row.kind === 'credit_note' ? <Tag inline>{t('creditNote')}</Tag> : null}
      {suggestion === null ? null : (
        <Tag inline variant="success">
          {`${t('add.suggested')}: ${t(`reason.${suggestion.reason}`, { via: recordText(suggestion.via, t) })}`}
        </Tag>
      )}
      {attachedHere ? (
        <Tag inline variant="info">
          {t('add.here')}
        </Tag>
      ) : null}
      {attachedTo.length === 0 ? null : (
        <Tag inline>
          {t('add.elsewhere', { records: attachedTo.map((record) => recordText(record, t)).join(', ') })}
        </Tag>
      )}
    </>
  );
}
