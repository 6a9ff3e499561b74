import { EmptyState, hubspot, Text, useExtensionActions, useExtensionContext } from '@hubspot/ui-extensions';
import { useMemo, useRef } from 'react';
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

  const latestActions = useRef(actions);
  latestActions.current = actions;
  // The client remembers the keys of actions whose outcome is unknown, so it must outlive whatever HubSpot renders anew.
  const api = useMemo(() => createApi({ fetch: viaHubSpot, backendUrl }), [backendUrl]);
  const portalId = String(context.portal.id);
  const userId = String(context.user.id);

  const environment = useMemo<CardEnvironment>(
    () => ({
      api,
      record: { objectTypeId, objectId },
      portalId,
      userId,
      layout,
      t: createTranslate(locale),
      format: createFormat(locale),
      actions: {
        addAlert: (alert) => latestActions.current.addAlert(alert),
        closeOverlay: (id) => latestActions.current.closeOverlay(id),
      },
    }),
    [api, objectTypeId, objectId, portalId, userId, layout, locale],
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
