import { createContext, useContext } from 'react';
import { connectionTitle } from '@ledgercard/shared';
import type { Api, ConnectionView, Format, RecordRef, Translate } from '@ledgercard/shared';

/** What the card needs of its host; a part of HubSpot's actions. */
export interface CardActions {
  addAlert: (alert: { type?: 'info' | 'success' | 'warning' | 'danger'; title?: string; message: string }) => void;
  closeOverlay: (id: string) => void;
}

export interface CardEnvironment {
  api: Api;
  record: RecordRef;
  portalId: string;
  userId: string;
  /** sidebar: some 380 px wide · tab: the wide middle column. */
  layout: 'sidebar' | 'tab';
  t: Translate;
  format: Format;
  actions: CardActions;
}

const Environment = createContext<CardEnvironment | null>(null);

export const CardProvider = Environment.Provider;

export function useCard(): CardEnvironment {
  const environment = useContext(Environment);
  if (environment === null) {
    throw new Error('a part of the card was rendered outside of it');
  }
  return environment;
}

/** `NetSuite`, or with its own name where there are several, and marked if it is a sandbox account. */
export function connectionName(connection: ConnectionView, several: boolean, t: Translate): string {
  const name = several ? connectionTitle(connection) : connection.systemName;
  return connection.environment === 'sandbox' ? `${name} (${t('environment.sandbox')})` : name;
}
