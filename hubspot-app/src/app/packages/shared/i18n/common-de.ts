import type { commonEn } from './common-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** What the card and the settings page both say, in German. */
export const commonDe: DictionaryOf<typeof commonEn> = {
  'environment.sandbox': 'Sandbox',
  'cancel': 'Abbrechen',
  'back': 'Zurück',
  'close': 'Schließen',
  'retry': 'Erneut versuchen',
  'error.timeout': 'Es kam keine rechtzeitige Antwort.',
  'error.network': 'Der Aufruf kam nicht durch.',
  'error.busy': 'Zu viele Aufrufe auf einmal. Warten Sie einen Moment und versuchen Sie es erneut.',
  'error.refused': 'Die Anfrage wurde abgelehnt.',
  'error.not_allowed': 'Sie dürfen das nicht. Ein Administrator von Ledgercard entscheidet darüber.',
  'error.conflict': 'Das wurde inzwischen anders erledigt. Laden Sie die Seite neu, um den jetzigen Stand zu sehen.',
  'error.server': 'Der Server von Ledgercard hat versagt. Ein neuer Versuch schadet nicht.',
  'error.unreadable': 'Es kam eine Antwort, die nicht zu verstehen ist.',
  'error.request': 'Anfrage {id}',
};
