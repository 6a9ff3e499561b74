import type { commonEn } from './common-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** What the card and the settings page both say, in Spanish. */
export const commonEs: DictionaryOf<typeof commonEn> = {
  'environment.sandbox': 'sandbox',
  'cancel': 'Cancelar',
  'back': 'Atrás',
  'close': 'Cerrar',
  'retry': 'Reintentar',
  'error.timeout': 'No llegó respuesta a tiempo.',
  'error.network': 'La llamada no llegó a su destino.',
  'error.busy': 'Demasiadas llamadas a la vez. Espere un momento y vuelva a intentarlo.',
  'error.refused': 'La solicitud fue rechazada.',
  'error.not_allowed': 'No tiene permiso para hacer esto. Un administrador de Ledgercard decide quién puede.',
  'error.conflict': 'Entretanto se hizo de otra manera. Vuelva a cargar la página para ver cómo está ahora.',
  'error.server': 'El servidor de Ledgercard falló. Reintentar no hace daño.',
  'error.unreadable': 'Llegó una respuesta que no se puede entender.',
  'error.request': 'Solicitud {id}',
};
