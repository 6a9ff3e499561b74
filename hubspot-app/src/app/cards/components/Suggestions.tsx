import { Button, Flex, Heading, Icon, Tag, Text, Tile } from '@hubspot/ui-extensions';
import { useState } from 'react';
import { useAction } from '@ledgercard/shared';
import type { AddOutcome, InvoiceRow, ListAnswer, Suggestion } from '@ledgercard/shared';
import { rowKey, useAttach } from '../hooks/useAttach.ts';
import { useCard } from './CardContext.tsx';
import { Problem } from './Problem.tsx';
import { recordText } from './records.ts';
import { StatusLabel } from './StatusLabel.tsx';

/** How many are offered in the card itself; the modal has the rest. */
const SHOWN = { sidebar: 3, tab: 5 } as const;

/** Invoices that are not on the record but probably belong there, each with the reason and a button that adds it: for those who may. */
export function Suggestions({ answer, onAdded }: { answer: ListAnswer; onAdded: () => void }) {
  const { t, layout, actions } = useCard();
  const attach = useAttach();
  const [refused, setRefused] = useState<{ number: string; outcome: AddOutcome } | null>(null);
  const add = useAction(async (row: InvoiceRow) => {
    setRefused(null);
    // The suggestion's stated reason ties the customer to this record, and the user chose this very row.
    const { results } = await attach([row], new Set([rowKey(row)]));
    const outcome = results[0]?.outcome ?? 'not_found';
    if (outcome !== 'added' && outcome !== 'already_attached') {
      setRefused({ number: row.number, outcome });
      return;
    }
    actions.addAlert({ type: 'success', message: t.count('add.done', 1) });
    onAdded();
  });

  const hidden = answer.suggestions.length - SHOWN[layout];
  if (answer.suggestions.length === 0 || !answer.permission.attach) {
    return null;
  }
  return (
    <Flex direction="column" gap="xs">
      <Heading>{t('suggest.title')}</Heading>
      <Text variant="microcopy">{t('suggest.what')}</Text>
      {add.error === null ? null : <Problem error={add.error} />}
      {refused === null ? null : <Text>{`${refused.number}: ${t(`outcome.${refused.outcome}`)}`}</Text>}
      {answer.suggestions.slice(0, SHOWN[layout]).map((suggestion) => (
        <SuggestionTile
          key={rowKey(suggestion.row)}
          suggestion={suggestion}
          busy={add.busy}
          onAdd={() => void add.run(suggestion.row)}
        />
      ))}
      {hidden > 0 ? <Text variant="microcopy">{t.count('suggest.more', hidden)}</Text> : null}
    </Flex>
  );
}

interface SuggestionTileProps {
  suggestion: Suggestion;
  busy: boolean;
  onAdd: () => void;
}

function SuggestionTile({ suggestion, busy, onAdd }: SuggestionTileProps) {
  const { t, format } = useCard();
  const { row, reason, via } = suggestion;
  return (
    <Tile compact>
      <Flex direction="row" justify="between" align="center" gap="sm">
        <Flex direction="column" gap="flush" align="start">
          <Flex direction="row" gap="sm" align="center" wrap>
            <Text format={{ fontWeight: 'demibold' }}>{row.number}</Text>
            {row.kind === 'credit_note' ? <Tag inline>{t('creditNote')}</Tag> : null}
            <StatusLabel row={row} />
          </Flex>
          <Text variant="microcopy">{`${format.money(row.total)} · ${format.date(row.date)} · ${row.customer.name}`}</Text>
          <Text variant="microcopy">{t(`reason.${reason}`, { via: recordText(via, t) })}</Text>
        </Flex>
        <Button variant="secondary" size="xs" disabled={busy} onClick={onAdd} testId={`suggest-${rowKey(row)}`}>
          {t('suggest.add')}
          <Icon name="add" size="sm" screenReaderText={row.number} />
        </Button>
      </Flex>
    </Tile>
  );
}
