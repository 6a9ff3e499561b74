import { createController, createRemoteReceiver, RemoteRenderer } from '@remote-ui/react/host';
import type { RemoteReceiver } from '@remote-ui/react/host';
import { createEndpoint, fromWebWorker, retain } from '@remote-ui/rpc';
import { useEffect, useMemo, useState } from 'react';
import type { ComponentType } from 'react';
import type { Catalogue, Choice } from './catalogue.ts';
import { components } from './components/index.ts';
import { closeOverlay } from './components/overlays.tsx';
import type { ExtensionContext, Location, WorkerApi } from './protocol.ts';
import { showToast } from './Toasts.tsx';

/** An extension's component name that the preview has no HTML for: seen by people, and found by tests. */
function missing(name: string): ComponentType {
  return function Missing() {
    return (
      <span className="missing" data-missing={name}>
        {`The preview has no ${name}`}
      </span>
    );
  };
}

const known = createController(components);
const controller: typeof known = {
  ...known,
  get: (name: string) => components[name] ?? missing(name),
};

interface ExtensionFrameProps {
  catalogue: Catalogue;
  choice: Choice;
  location: Location;
}

const BUNDLES: Record<Location, string> = {
  'crm.record.tab': 'bundles/InvoicesCard.js',
  'crm.record.sidebar': 'bundles/InvoicesCard.js',
  settings: 'bundles/SettingsPage.js',
};

/** One running extension: a worker of its own, and what it renders. */
export function ExtensionFrame({ catalogue, choice, location }: ExtensionFrameProps) {
  const receiver = useMemo<RemoteReceiver>(() => createRemoteReceiver(), []);
  const [crash, setCrash] = useState<string | null>(null);

  useEffect(() => {
    const worker = new Worker('worker.js');
    const endpoint = createEndpoint<WorkerApi>(fromWebWorker(worker), { callable: ['load', 'mount'] });
    const bundle = new URL(BUNDLES[location], document.baseURI).href;
    const actions = {
      addAlert: showToast,
      closeOverlay,
      copyTextToClipboard: copyText,
      reloadPage: () => document.location.reload(),
    };
    retain(actions);
    const start = async () => {
      await endpoint.call.load(bundle);
      await endpoint.call.mount(receiver.receive, contextOf(catalogue, choice, location), actions, setCrash);
    };
    start().catch((error: unknown) => setCrash(String(error)));
    return () => {
      endpoint.terminate();
      worker.terminate();
    };
  }, [receiver, catalogue, choice, location]);

  return (
    <div className="extension" data-location={location}>
      {crash === null ? (
        <RemoteRenderer receiver={receiver} controller={controller} />
      ) : (
        <pre className="crash" data-crash>
          {crash}
        </pre>
      )}
    </div>
  );
}

/** Without a clipboard (no secure page, or a browser that refuses) the extension is told so. */
async function copyText(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}

/** HubSpot writes locales in lower case with a country. */
const LOCALES: Record<string, string> = { en: 'en-us', fr: 'fr-fr', de: 'de-de', es: 'es-es', ja: 'ja-jp', sv: 'sv-se' };

function contextOf(catalogue: Catalogue, choice: Choice, location: Location): ExtensionContext {
  const { portal, record, user, locale } = choice;
  return {
    location,
    portal: { id: Number(portal.portalId), timezone: portal.timeZone, dataHostingLocation: 'eu1' },
    user: {
      id: Number(user.userId),
      email: user.email,
      emails: [user.email],
      firstName: user.firstName,
      lastName: user.lastName,
      roles: [],
      teams: [],
      permissions: [],
      locale: LOCALES[locale] ?? locale,
      language: locale,
    },
    ...(location === 'settings' ? {} : { crm: { objectId: Number(record.objectId), objectTypeId: record.objectTypeId } }),
    extension: {
      appId: catalogue.appId,
      appName: 'Ledgercard',
      ...(location === 'settings' ? {} : { cardTitle: 'Invoices' }),
    },
    variables: { BACKEND_URL: catalogue.publicUrl },
  };
}
