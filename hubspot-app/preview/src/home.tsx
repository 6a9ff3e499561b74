import { createContext, useContext } from 'react';
import type { MouseEvent, ReactNode } from 'react';
import type { Catalogue } from './catalogue.ts';

/**
 * Where links lead. The backend's public address is one at which nobody listens here, so what is for it opens at the backend's real
 * address; links within HubSpot open this page's own place for them.
 */

export type Href = string | { url: string; external?: boolean };

interface Home {
  publicUrl: string;
  backendUrl: string | null;
  onSettings: () => void;
}

const HomeContext = createContext<Home>({ publicUrl: '', backendUrl: null, onSettings: () => undefined });

interface HomeProviderProps {
  catalogue: Catalogue;
  onSettings: () => void;
  children: ReactNode;
}

export function HomeProvider({ catalogue, onSettings, children }: HomeProviderProps) {
  const { publicUrl, backendUrl } = catalogue;
  return <HomeContext.Provider value={{ publicUrl, backendUrl, onSettings }}>{children}</HomeContext.Provider>;
}

/** HubSpot's page of connected apps. */
const CONNECTED_APPS = /^\/(integrations-settings|connected-apps)\//;

/** What an `<a>` needs for a link of an extension. */
export function useLink(href: Href, onClick?: () => void) {
  const home = useContext(HomeContext);
  const url = typeof href === 'string' ? href : href.url;
  const isExternal = typeof href === 'object' && href.external === true;
  const click = (event: MouseEvent) => {
    onClick?.();
    if (CONNECTED_APPS.test(url)) {
      event.preventDefault();
      home.onSettings();
    }
  };
  const window = { target: '_blank', rel: 'noreferrer' };
  return { href: broughtHome(url, home), onClick: click, ...(isExternal ? window : {}) };
}

function broughtHome(url: string, { publicUrl, backendUrl }: Home): string {
  const isOurs = url === publicUrl || url.startsWith(`${publicUrl}/`);
  return isOurs && backendUrl !== null ? backendUrl.replace(/\/+$/, '') + url.slice(publicUrl.length) : url;
}
