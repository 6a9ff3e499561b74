import { Button, Panel } from '@hubspot/ui-extensions';
import { useState } from 'react';
import type { InvoiceRow, ListAnswer } from '@ledgercard/shared';
import { rowKey } from '../hooks/useAttach.ts';
import type { Removal } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { DetailPanel } from './DetailPanel.tsx';

interface InvoiceOpenerProps {
  row: InvoiceRow;
  answer: ListAnswer;
  removal: Removal;
}

/**
 * An invoice's number, which opens its panel. HubSpot renders what is in a panel before it is opened, so the panel stays empty,
 * and the invoice unread, until somebody opens it.
 */
export function InvoiceOpener({ row, answer, removal }: InvoiceOpenerProps) {
  const { t, actions } = useCard();
  const [isOpen, setOpen] = useState(false);
  const panelId = `invoice-${rowKey(row)}`;
  const title = t(row.kind === 'credit_note' ? 'detail.title.credit' : 'detail.title', { number: row.number });
  return (
    <Button
      variant="transparent"
      size="sm"
      onClick={() => setOpen(true)}
      overlay={
        <Panel id={panelId} title={title} width="md" onOpen={() => setOpen(true)} onClose={() => setOpen(false)}>
          {isOpen ? (
            <DetailPanel row={row} answer={answer} removal={removal} onGone={() => actions.closeOverlay(panelId)} />
          ) : null}
        </Panel>
      }
    >
      {row.number}
    </Button>
  );
}
