import { Link, Text } from '@hubspot/ui-extensions';
import type { SettingsTranslate } from '@ledgercard/shared';
import { useSettings } from '../SettingsContext.tsx';

interface LinkedProps {
  text: string;
  url: string | null | undefined;
}

function Linked({ text, url }: LinkedProps) {
  return url ? <Link href={{ url, external: true }}>{text}</Link> : <Text>{text}</Text>;
}

/** A record of the ERP, with the way to it. */
export function ErpRecord({ id, url, name }: { id: string | null | undefined; url?: string | null | undefined; name?: string }) {
  const { t } = useSettings();
  return id ? <Linked text={name ?? t('side.erp', { id })} url={url} /> : <Text>–</Text>;
}

const OBJECTS = { '0-1': 'side.contact', '0-2': 'side.company', '0-3': 'side.deal' } as const;

export function objectText(objectTypeId: string | null | undefined, id: string, t: SettingsTranslate): string {
  const key = OBJECTS[objectTypeId as keyof typeof OBJECTS];
  return key === undefined ? id : t(key, { id });
}

interface HubspotRecordProps {
  objectTypeId: string | null | undefined;
  id: string | null | undefined;
  url?: string | null | undefined;
  name?: string | null | undefined;
}

/** A record of HubSpot, with the way to it. */
export function HubspotRecord({ objectTypeId, id, url, name }: HubspotRecordProps) {
  const { t } = useSettings();
  return id ? <Linked text={name ?? objectText(objectTypeId, id, t)} url={url} /> : <Text>–</Text>;
}
