import { Alert, Text } from '@hubspot/ui-extensions';
import type { ConnectRefused } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

/** Why NetSuite refused, what to do about it, and the backend's own words where they say more. */
export function Refused({ refused }: { refused: ConnectRefused }) {
  const { t } = useSettings();
  const { code, permission, detail } = refused;
  const what =
    code === 'not_permitted' && permission !== null
      ? t('refused.not_permitted.named', { permission })
      : t(`refused.${code}`);
  return (
    <Alert title={t('refused.title')} variant="danger">
      <Text>{what}</Text>
      {detail === '' ? null : <Text variant="microcopy">{detail}</Text>}
    </Alert>
  );
}
