import { createContext, useContext } from 'react';
import type { Format, SettingsApi, SettingsTranslate } from '@ledgercard/shared';

/** What the page needs of its host; a part of HubSpot's actions. */
export interface PageActions {
  addAlert: (alert: { type?: 'info' | 'success' | 'warning' | 'danger'; title?: string; message: string }) => void;
  closeOverlay: (id: string) => void;
  /** Rejects where the browser does not allow it. */
  copyText: (text: string) => Promise<void>;
}

export interface SettingsEnvironment {
  api: SettingsApi;
  portalId: string;
  userId: string;
  /** `https://host` without a path. */
  backendUrl: string;
  t: SettingsTranslate;
  format: Format;
  /** Day and time in the portal's time zone. */
  when: (millis: number) => string;
  /** The day in the portal's time zone. */
  day: (millis: number) => string;
  actions: PageActions;
}

const Environment = createContext<SettingsEnvironment | null>(null);

export const SettingsProvider = Environment.Provider;

export function useSettings(): SettingsEnvironment {
  const environment = useContext(Environment);
  if (environment === null) {
    throw new Error('a part of the settings page was rendered outside of it');
  }
  return environment;
}
