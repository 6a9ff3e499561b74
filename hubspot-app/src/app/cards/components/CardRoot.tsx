import { EmptyState, hubspot, Text, useExtensionActions, useExtensionContext } from '@hubspot/ui-extensions';
import { useMemo } from 'react';
import { createApi, createFormat, createTranslate, normalLocale } from '@ledgercard/shared';
import type { FetchLike, ObjectTypeId } from '@ledgercard/shared';
import { CardContent } from './CardContent.tsx';
import { CardProvider } from './CardContext.tsx';
import type { CardEnvironment } from './CardContext.tsx';

type Location = 'crm.record.tab' | 'crm.record.sidebar';

const viaHubSpot: FetchLike = (url, options) => hubspot.fetch(url, options);

/** Joins the card to HubSpot: who looks, at which record, in which language, and where the backend is. */
export function CardRoot() {
  const context = useExtensionContext<Location>();
  const actions = useExtensionActions<Location>();
  const backendUrl = String(context.variables?.['BACKEND_URL'] ?? '');
  const locale = normalLocale(context.user.locale ?? context.user.language);
  const objectTypeId = context.crm.objectTypeId as ObjectTypeId;
  const objectId = String(context.crm.objectId);
  const layout = context.location === 'crm.record.tab' ? 'tab' : 'sidebar';

  const environment = useMemo<CardEnvironment>(
    () => ({
      api: createApi({ fetch: viaHubSpot, backendUrl }),
      record: { objectTypeId, objectId },
      portalId: String(context.portal.id),
      userId: String(context.user.id),
      layout,
      t: createTranslate(locale),
      format: createFormat(locale),
      actions: {
        addAlert: (alert) => actions.addAlert(alert),
        closeOverlay: (id) => actions.closeOverlay(id),
      },
    }),
    [backendUrl, objectTypeId, objectId, context.portal.id, context.user.id, layout, locale, actions],
  );

  if (backendUrl === '') {
    return (
      <EmptyState title={environment.t('state.unconfigured')} imageName="api" layout="vertical">
        <Text>{environment.t('state.unconfigured.what')}</Text>
      </EmptyState>
    );
  }
  return (
    <CardProvider value={environment}>
      <CardContent key={`${objectTypeId}/${objectId}`} />
    </CardProvider>
  );
}
