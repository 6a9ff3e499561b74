/** What the sandbox says is there to look at: `GET /_sandbox/catalogue`. */

export interface CatalogueRecord {
  objectTypeId: string;
  objectId: string;
  name: string;
  hint: string;
  tags?: string[];
  properties: Record<string, string>;
}

export interface CatalogueUser {
  userId: string;
  email: string;
  firstName: string;
  lastName: string;
  superAdmin?: boolean;
}

export interface CataloguePortal {
  portalId: string;
  name: string;
  timeZone: string;
  tags?: string[];
  /** Whether the app was installed in it when the page was loaded. */
  installed?: boolean;
  users: CatalogueUser[];
  records: CatalogueRecord[];
}

export interface Catalogue {
  /** The backend's public address, where nobody listens: what is for it goes to `backendUrl`. */
  publicUrl: string;
  /** Where the backend really is; null while the sandbox has not been told. */
  backendUrl: string | null;
  appId: string;
  portals: CataloguePortal[];
}

export async function readCatalogue(): Promise<Catalogue> {
  const answer = await fetch('/_sandbox/catalogue');
  if (!answer.ok) {
    throw new Error(`the sandbox answered ${answer.status} to GET /_sandbox/catalogue`);
  }
  const catalogue = (await answer.json()) as Omit<Catalogue, 'backendUrl'>;
  return { ...catalogue, backendUrl: await readBackend() };
}

async function readBackend(): Promise<string | null> {
  const answer = await fetch('/_sandbox/backend');
  if (!answer.ok) {
    throw new Error(`the sandbox answered ${answer.status} to GET /_sandbox/backend`);
  }
  return ((await answer.json()) as { url: string | null }).url;
}

export type Place = 'sidebar' | 'tab' | 'both' | 'settings';

const PLACES: readonly Place[] = ['both', 'tab', 'sidebar', 'settings'];

/** What to show, as it stands in the page's address. */
export interface Choice {
  portal: CataloguePortal;
  record: CatalogueRecord;
  user: CatalogueUser;
  locale: string;
  place: Place;
}

/** Reads the address; what is missing or unknown there becomes the first thing that the catalogue has. */
export function chosen(catalogue: Catalogue, search: URLSearchParams): Choice {
  const portal = catalogue.portals.find((one) => one.portalId === search.get('portal')) ?? catalogue.portals[0];
  if (portal === undefined) {
    throw new Error('the catalogue has no portal');
  }
  const record =
    portal.records.find(
      (one) => one.objectTypeId === search.get('type') && one.objectId === search.get('id'),
    ) ?? portal.records[0];
  const user = portal.users.find((one) => one.userId === search.get('user')) ?? portal.users[0];
  if (record === undefined || user === undefined) {
    throw new Error(`portal ${portal.portalId} has no records or no users`);
  }
  const place = search.get('location');
  return {
    portal,
    record,
    user,
    locale: search.get('locale') ?? 'en',
    place: PLACES.find((one) => one === place) ?? 'both',
  };
}

export function addressOf(choice: Choice): string {
  const search = new URLSearchParams({
    portal: choice.portal.portalId,
    type: choice.record.objectTypeId,
    id: choice.record.objectId,
    user: choice.user.userId,
    location: choice.place,
    locale: choice.locale,
  });
  return `?${search.toString()}`;
}
