import { Alert, Text } from '@hubspot/ui-extensions';
import type { ApiError } from '@ledgercard/shared';
import { useSettings } from './SettingsContext.tsx';

/** The type of the problem that says: it does not fit how things stand now. */
const NOT_NOW = 'urn:ledgercard:conflict';

/** Why a call failed, with the id under which our log has the details. A refusal says itself what is wrong and what to do. */
export function Problem({ error }: { error: ApiError }) {
  const { t } = useSettings();
  const own = error.kind === 'refused' || error.problem?.type === NOT_NOW ? error.problem?.detail : undefined;
  return (
    <>
      <Text>{own ?? t(`error.${error.kind}`)}</Text>
      {error.problem?.requestId ? (
        <Text variant="microcopy">{t('error.request', { id: error.problem.requestId })}</Text>
      ) : null}
    </>
  );
}

/** What became of something that the user did, if it failed. */
export function ActionProblem({ error }: { error: ApiError | null }) {
  const { t } = useSettings();
  return error === null ? null : (
    <Alert title={t('action.failed')} variant="danger">
      <Problem error={error} />
    </Alert>
  );
}
