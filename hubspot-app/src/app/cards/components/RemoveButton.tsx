import { Button, Icon } from '@hubspot/ui-extensions';
import type { Removal } from '../hooks/useRemoval.ts';
import { useCard } from './CardContext.tsx';

interface RemoveButtonProps {
  number: string;
  associationId: string;
  removal: Removal;
}

export function RemoveButton({ number, associationId, removal }: RemoveButtonProps) {
  const { t } = useCard();
  return (
    <Button
      variant="secondary"
      size="xs"
      disabled={removal.remove.busy}
      onClick={() => void removal.remove.run(associationId, number)}
      testId={`remove-${associationId}`}
    >
      {t('remove.button')}
      <Icon name="remove" size="sm" screenReaderText={number} />
    </Button>
  );
}
