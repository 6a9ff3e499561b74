import { DescriptionList, DescriptionListItem, Flex, Heading, StatusTag, Text } from '@hubspot/ui-extensions';
import { CONTRACT } from '@ledgercard/shared';
import type { PortalSettings, PropertyView, SettingsReady, Versions } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

/** The HubSpot account as we know it, and our property on its object types. */
export function PortalSection({ answer }: { answer: SettingsReady }) {
  const { t } = useSettings();
  const { portal } = answer;
  const facts = useFacts(answer);
  return (
    <Flex direction="column" gap="sm">
      <Heading>{t('portal.title')}</Heading>
      <DescriptionList direction="column">
        {facts.map(([label, value]) => (
          <DescriptionListItem key={label} label={label}>
            <Text>{value}</Text>
          </DescriptionListItem>
        ))}
      </DescriptionList>
      <Text format={{ fontWeight: 'demibold' }}>{t('property.title')}</Text>
      <DescriptionList direction="column">
        {portal.properties.map((property) => (
          <DescriptionListItem key={property.objectTypeId} label={t(`property.${property.objectTypeId}`)}>
            <PropertyState property={property} />
          </DescriptionListItem>
        ))}
      </DescriptionList>
    </Flex>
  );
}

function useFacts({ portal, versions, you }: SettingsReady): [label: string, value: string][] {
  const { t } = useSettings();
  return [
    [t('portal.id'), portal.portalId],
    [t('portal.domain'), portal.domain ?? t('unknown')],
    [t('portal.timeZone'), portal.timeZone],
    [t('portal.currency'), useCurrencies(portal)],
    [t('portal.installed'), useInstalled(portal)],
    [t('portal.you'), t(`because.${you.because}`)],
    [t('portal.versions'), useVersions(versions)],
  ];
}

function useCurrencies({ currency, additionalCurrencies }: PortalSettings): string {
  const { t, format } = useSettings();
  const own = currency ?? t('unknown');
  return additionalCurrencies.length === 0
    ? own
    : t('portal.currency.more', { currency: own, others: format.list(additionalCurrencies) });
}

function useVersions({ backend, contract }: Versions): string {
  const { t, format } = useSettings();
  return t('portal.versions.both', { backend, theirs: format.number(contract), ours: format.number(CONTRACT) });
}

function useInstalled({ installedAt, installedBy }: PortalSettings): string {
  const { t, when, userId } = useSettings();
  if (installedBy === null) {
    return when(installedAt);
  }
  const who = installedBy === userId ? t('you') : t('user', { id: installedBy });
  return t('portal.installedBy', { when: when(installedAt), who });
}

const VARIANTS = { present: 'success', missing: 'danger', unknown: 'default' } as const;

function PropertyState({ property }: { property: PropertyView }) {
  const { t } = useSettings();
  return (
    <Flex direction="column" gap="flush" align="start">
      <StatusTag variant={VARIANTS[property.state]} testId={`property-${property.objectTypeId}`}>
        {t(`property.state.${property.state}`)}
      </StatusTag>
      {property.why === null ? null : <Text variant="microcopy">{t(`property.why.${property.why}`)}</Text>}
    </Flex>
  );
}
