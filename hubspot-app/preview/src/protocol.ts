import type { RemoteChannel } from '@remote-ui/core';

/** What host and worker know of each other. Everything crosses the boundary by remote procedure call. */

export type Location = 'crm.record.sidebar' | 'crm.record.tab' | 'settings';

export interface ExtensionContext {
  location: Location;
  portal: { id: number; timezone: string; dataHostingLocation: string };
  user: {
    id: number;
    email: string;
    emails: string[];
    firstName: string;
    lastName: string;
    roles: string[];
    teams: never[];
    permissions: string[];
    locale: string;
    language: string;
  };
  /** On record pages only. */
  crm?: { objectId: number; objectTypeId: string };
  extension: { appId: string; appName: string; cardTitle?: string };
  variables: Record<string, string>;
}

/** HubSpot's actions that the preview has. All are called from the worker and so are asynchronous there. */
export interface HostActions {
  addAlert: (alert: { type?: string; title?: string; message: string }) => void;
  closeOverlay: (id: string) => void;
  copyTextToClipboard: (text: string) => Promise<void>;
  reloadPage: () => void;
}

export interface WorkerApi {
  load: (bundleUrl: string) => void;
  mount: (channel: RemoteChannel, context: ExtensionContext, actions: HostActions, report: (crash: string) => void) => void;
}
