import type { commonEn } from './common-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** What the card and the settings page both say, in French. */
export const commonFr: DictionaryOf<typeof commonEn> = {
  'environment.sandbox': 'sandbox',
  'cancel': 'Annuler',
  'back': 'Retour',
  'close': 'Fermer',
  'retry': 'Réessayer',
  'error.timeout': 'Pas de réponse à temps.',
  'error.network': 'L’appel n’a pas abouti.',
  'error.busy': 'Trop d’appels à la fois. Attendez un instant et réessayez.',
  'error.refused': 'La demande a été refusée.',
  'error.not_allowed': 'Vous n’en avez pas le droit. Un administrateur de Ledgercard en décide.',
  'error.conflict': 'Cela a été fait autrement entre-temps. Rechargez la page pour voir l’état actuel.',
  'error.server': 'Le serveur de Ledgercard a échoué. Vous pouvez réessayer sans risque.',
  'error.unreadable': 'La réponse reçue est incompréhensible.',
  'error.request': 'Requête {id}',
};
