import { Text } from '@hubspot/ui-extensions';
import type { ApiError } from '@ledgercard/shared';
import { useCard } from './CardContext.tsx';

/** Why a call failed, in the user's language, with the id under which our log has the details. */
export function Problem({ error }: { error: ApiError }) {
  const { t } = useCard();
  return (
    <>
      <Text>{t(`error.${error.kind}`)}</Text>
      {error.problem?.requestId ? (
        <Text variant="microcopy">{t('error.request', { id: error.problem.requestId })}</Text>
      ) : null}
    </>
  );
}
