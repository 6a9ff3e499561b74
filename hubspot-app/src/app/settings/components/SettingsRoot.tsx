import { EmptyState, hubspot, Text, useExtensionActions, useExtensionContext } from '@hubspot/ui-extensions';
import { useMemo, useRef } from 'react';
import { createFormat, createSettingsApi, createSettingsTranslate, normalLocale } from '@ledgercard/shared';
import type { FetchLike } from '@ledgercard/shared';
import { SettingsContent } from './SettingsContent.tsx';
import { SettingsProvider } from './SettingsContext.tsx';
import type { SettingsEnvironment } from './SettingsContext.tsx';

const viaHubSpot: FetchLike = (url, options) => hubspot.fetch(url, options);

/** Joins the page to HubSpot: who looks, in which portal, in which language, and where the backend is. */
export function SettingsRoot() {
  const context = useExtensionContext<'settings'>();
  const actions = useExtensionActions<'settings'>();
  const backendUrl = String(context.variables?.['BACKEND_URL'] ?? '').replace(/\/+$/, '');
  const locale = normalLocale(context.user.locale ?? context.user.language);
  const portalId = String(context.portal.id);
  const userId = String(context.user.id);
  const timeZone = context.portal.timezone;

  const latestActions = useRef(actions);
  latestActions.current = actions;
  // The client remembers the keys of actions whose outcome is unknown, so it must outlive whatever HubSpot renders anew.
  const api = useMemo(() => createSettingsApi({ fetch: viaHubSpot, backendUrl }), [backendUrl]);

  const environment = useMemo<SettingsEnvironment>(() => {
    const format = createFormat(locale);
    return {
      api,
      portalId,
      userId,
      backendUrl,
      t: createSettingsTranslate(locale),
      format,
      when: (millis) => format.instant(millis, timeZone, ''),
      day: (millis) => format.dayOf(millis, timeZone),
      actions: {
        addAlert: (alert) => latestActions.current.addAlert(alert),
        closeOverlay: (id) => latestActions.current.closeOverlay(id),
        copyText: (text) => latestActions.current.copyTextToClipboard(text),
      },
    };
  }, [api, portalId, userId, backendUrl, timeZone, locale]);

  if (backendUrl === '') {
    return (
      <EmptyState title={environment.t('page.unconfigured')} imageName="api" layout="vertical">
        <Text>{environment.t('page.unconfigured.what')}</Text>
      </EmptyState>
    );
  }
  return (
    <SettingsProvider value={environment}>
      <SettingsContent />
    </SettingsProvider>
  );
}
