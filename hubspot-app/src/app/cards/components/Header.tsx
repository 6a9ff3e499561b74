import { Flex } from '@hubspot/ui-extensions';
import type { ListAnswer } from '@ledgercard/shared';
import { AddExisting } from './AddExisting.tsx';
import { FreshnessLine } from './FreshnessLine.tsx';

interface HeaderProps {
  answer: ListAnswer;
  reload: () => void;
  updating: boolean;
}

/** The one primary action of the card, and how new what it shows is. */
export function Header({ answer, reload, updating }: HeaderProps) {
  return (
    <Flex direction="row" justify="between" align="center" wrap gap="sm">
      <AddExisting onAdded={reload} />
      <FreshnessLine answer={answer} updating={updating} onRefreshed={reload} />
    </Flex>
  );
}
