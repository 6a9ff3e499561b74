import { useCallback, useState } from 'react';
import type { ChecklistAnswer, ConnectionMethod, ConnectionSettings, ConnectRefused, DraftView } from '@ledgercard/shared';

/** prerequisites → account → credentials → result */
export const STEPS = ['prerequisites', 'account', 'credentials', 'result'] as const;
export type Step = (typeof STEPS)[number];

/** What is being connected. */
export interface WizardState {
  step: Step;
  /** Set where it is about a connection that exists: its account stays. */
  connection: ConnectionSettings | null;
  /** Only the certificate changes. */
  isRollover: boolean;
  /** Somebody said that the set-up in NetSuite is finished. */
  confirmed: boolean;
  accountId: string;
  name: string;
  method: ConnectionMethod;
  draft: DraftView | null;
  clientId: string;
  certificateId: string;
  clientSecret: string;
  refused: ConnectRefused | null;
  connectionId: string | null;
  checklist: ChecklistAnswer | null;
}

const EMPTY: WizardState = {
  step: 'prerequisites',
  connection: null,
  isRollover: false,
  confirmed: false,
  accountId: '',
  name: '',
  method: 'certificate',
  draft: null,
  clientId: '',
  certificateId: '',
  clientSecret: '',
  refused: null,
  connectionId: null,
  checklist: null,
};

export interface WizardControl {
  /** Null while nothing is being connected. */
  state: WizardState | null;
  set: (change: Partial<WizardState>) => void;
  startNew: () => void;
  /** The set-up was confirmed when the account was connected first, so it begins with the account. */
  startAgain: (connection: ConnectionSettings, method: ConnectionMethod, isRollover: boolean) => void;
  /** A draft exists only where the set-up was confirmed before. */
  resume: (draft: DraftView, connection: ConnectionSettings | null) => void;
  close: () => void;
}

export function useWizard(): WizardControl {
  const [state, setState] = useState<WizardState | null>(null);

  const set = useCallback(
    (change: Partial<WizardState>) => setState((old) => (old === null ? null : { ...old, ...change })),
    [],
  );
  const startNew = useCallback(() => setState(EMPTY), []);
  const startAgain = useCallback(
    (connection: ConnectionSettings, method: ConnectionMethod, isRollover: boolean) =>
      setState({ ...of(connection), step: 'account', method, isRollover, confirmed: true }),
    [],
  );
  const resume = useCallback(
    (draft: DraftView, connection: ConnectionSettings | null) =>
      setState({
        ...(connection === null ? EMPTY : of(connection)),
        step: 'credentials',
        isRollover: connection !== null,
        accountId: draft.accountId,
        name: draft.name,
        confirmed: true,
        draft,
      }),
    [],
  );
  const close = useCallback(() => setState(null), []);

  return { state, set, startNew, startAgain, resume, close };
}

function of(connection: ConnectionSettings): WizardState {
  return { ...EMPTY, connection, accountId: connection.accountId, name: connection.name };
}
