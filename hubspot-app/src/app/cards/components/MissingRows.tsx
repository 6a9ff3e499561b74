import { Flex, Heading, Text, Tile } from '@hubspot/ui-extensions';
import type { ListAnswer } from '@ledgercard/shared';
import { rowKey } from '../hooks/useAttach.ts';
import type { Removal } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';
import { RemoveButton } from './RemoveButton.tsx';

/** Attached invoices without a row: gone from the ERP, or not readable this time. They are never dropped in silence. */
export function MissingRows({ answer, removal }: { answer: ListAnswer; removal: Removal }) {
  const { t } = useCard();
  if (answer.missing.length === 0) {
    return null;
  }
  return (
    <Flex direction="column" gap="xs">
      <Heading>{t('missing.title')}</Heading>
      {answer.missing.map((row) => (
        <Tile key={rowKey(row)} compact>
          <Flex direction="row" justify="between" align="center" gap="sm">
            <Flex direction="column" gap="flush">
              <Text>{t('missing.id', { id: row.id })}</Text>
              <Text variant="microcopy">{t(`missing.${row.reason}`)}</Text>
            </Flex>
            {answer.permission.attach ? (
              <RemoveButton number={row.id} associationId={row.attachment.associationId} removal={removal} />
            ) : null}
          </Flex>
        </Tile>
      ))}
    </Flex>
  );
}
