import { Alert, Link, List, Text } from '@hubspot/ui-extensions';
import type { PortalSettings, SettingsTranslate } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

/** What is wrong between HubSpot and us, and the one link that mends it. */
export function PortalAlerts({ portal }: { portal: PortalSettings }) {
  const { t, format } = useSettings();
  const { missingRequired, missingOptional } = portal.scopes;
  return (
    <>
      <TroubleAlert portal={portal} />
      {missingRequired.length === 0 ? null : (
        <Alert title={t('scopes.required')} variant="danger">
          <Text>{t('scopes.required.what', { scopes: format.list(missingRequired) })}</Text>
          <Consent portal={portal} label={t('consent')} />
        </Alert>
      )}
      {missingOptional.length === 0 ? null : (
        <Alert title={t('scopes.optional')} variant="info">
          <Text>{t('scopes.optional.what')}</Text>
          <List>
            {missingOptional.map((scope) => (
              <Text key={scope}>{`${scope}: ${costOf(scope, t)}`}</Text>
            ))}
          </List>
          <Consent portal={portal} label={t('consent')} />
        </Alert>
      )}
    </>
  );
}

function TroubleAlert({ portal }: { portal: PortalSettings }) {
  const { t, when } = useSettings();
  if (portal.trouble === null) {
    return null;
  }
  const { code, since } = portal.trouble;
  const needsInstall = code === 'uninstalled' || code === 'installing';
  return (
    <Alert title={t(`portalTrouble.${code}`)} variant="danger">
      <Text>{t(`portalTrouble.${code}.what`, { since: when(since) })}</Text>
      {code === 'configuration' ? null : <Consent portal={portal} label={t(needsInstall ? 'install' : 'consent')} />}
    </Alert>
  );
}

function Consent({ portal, label }: { portal: PortalSettings; label: string }) {
  return <Link href={{ url: portal.installUrl, external: true }}>{label}</Link>;
}

const COSTS = {
  'crm.objects.contacts.write': 'scope.contactsWrite',
  'crm.objects.companies.write': 'scope.companiesWrite',
  'crm.schemas.contacts.write': 'scope.contacts',
  'crm.schemas.companies.write': 'scope.companies',
  'crm.schemas.deals.write': 'scope.deals',
  'settings.users.read': 'scope.users',
  'settings.users.teams.read': 'scope.teams',
} as const;

/** What it means for people that a scope is missing. */
function costOf(scope: string, t: SettingsTranslate): string {
  return t(scope in COSTS ? COSTS[scope as keyof typeof COSTS] : 'scope.other');
}
