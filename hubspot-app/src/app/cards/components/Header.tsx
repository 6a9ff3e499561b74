import { Flex, Text } from '@hubspot/ui-extensions';
import type { ListAnswer } from '@ledgercard/shared';
import { AddExisting } from './AddExisting.tsx';
import { useCard } from './CardContext.tsx';
import { FreshnessLine } from './FreshnessLine.tsx';

interface HeaderProps {
  answer: ListAnswer;
  reload: () => void;
  updating: boolean;
}

/** The one primary action of the card, or why it is not there, and how new what it shows is. */
export function Header({ answer, reload, updating }: HeaderProps) {
  const { t } = useCard();
  return (
    <Flex direction="row" justify="between" align="center" wrap gap="sm">
      {answer.permission.attach ? (
        <AddExisting onAdded={reload} />
      ) : (
        <Text variant="microcopy">{t('permission.attach')}</Text>
      )}
      <FreshnessLine answer={answer} updating={updating} onRefreshed={reload} />
    </Flex>
  );
}
