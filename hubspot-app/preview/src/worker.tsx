import * as React from 'react';
import * as RemoteUI from '@remote-ui/react';
import { createRemoteRoot } from '@remote-ui/core';
import type { RemoteChannel } from '@remote-ui/core';
import { createEndpoint, retain } from '@remote-ui/rpc';
import type { MessageEndpoint } from '@remote-ui/rpc';
import { createFetch } from './fetch.ts';
import type { ExtensionContext, HostActions } from './protocol.ts';

/**
 * The inside of HubSpot's extension worker: defines the globals that the SDK reads when a bundle is evaluated, loads the
 * unmodified production bundle, and renders what it registers over a remote channel.
 */

interface Api {
  context: ExtensionContext;
  actions: HostActions;
}

type Render = (api: Api) => React.ReactNode;

let registered: Render | null = null;
let current: Api | null = null;

function api(): Api {
  if (current === null) {
    throw new Error('the extension asked for its context before it was mounted');
  }
  return current;
}

function refuse(what: string) {
  return () => Promise.reject(new Error(`${what} does not exist in the preview`));
}

const scope = self as unknown as Record<string, unknown>;
// TypeScript's DOM library does not know it.
const load = (scope['importScripts'] as (url: string) => void).bind(self);

Object.assign(scope, {
  __HUBSPOT_EXTENSION_WORKER__: true,
  React,
  RemoteUI,
  extend_V2: (render: Render) => {
    registered = render;
  },
  logger: { debug: console.debug, info: console.info, warn: console.warn, error: console.error },
  hsFetch: createFetch(fetch.bind(self), () => api().context),
  serverless: refuse('serverless'),
  hsWorkerAPI: {
    useExtensionContext: () => api().context,
    useExtensionActions: () => api().actions,
    useExtensionApi: api,
    useAppPageLocation: () => ({ path: '/', params: {} }),
    fetchCrmProperties: refuse('fetchCrmProperties'),
    fetchAssociations: refuse('fetchAssociations'),
    fetchCrmSearch: refuse('fetchCrmSearch'),
    formatCrmProperties: refuse('formatCrmProperties'),
    fetchHubSpotApi: refuse('fetchHubSpotApi'),
  },
});

/** HubSpot takes these away from extensions; a card that needs them must fail here, too. */
function lockDown(): void {
  for (const name of ['fetch', 'XMLHttpRequest', 'importScripts']) {
    scope[name] = () => {
      throw new Error(`${name} is not available to extensions`);
    };
  }
}

class CrashReport extends React.Component<
  { report: (crash: string) => void; children: React.ReactNode },
  { crashed: boolean }
> {
  override state = { crashed: false };

  static getDerivedStateFromError() {
    return { crashed: true };
  }

  override componentDidCatch(error: Error) {
    this.props.report(error.stack ?? error.message);
  }

  override render() {
    return this.state.crashed ? null : this.props.children;
  }
}

createEndpoint(self as unknown as MessageEndpoint).expose({
  load: (bundleUrl: string) => {
    load(bundleUrl);
    lockDown();
  },
  mount: (
    channel: RemoteChannel,
    context: ExtensionContext,
    actions: HostActions,
    report: (crash: string) => void,
  ) => {
    // Functions from the other side are released after the call unless they are kept.
    retain(channel);
    retain(actions);
    retain(report);
    if (registered === null) {
      report('the bundle registered nothing with hubspot.extend');
      return;
    }
    current = { context, actions };
    const root = createRemoteRoot(channel);
    RemoteUI.createRoot(root).render(<CrashReport report={report}>{registered(current)}</CrashReport>);
    root.mount();
  },
});
