import type { causesEn } from './causes-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** Why a row could not be written, and what to do about it, in Spanish. */
export const causesEs: DictionaryOf<typeof causesEn> = {
  'cause.at': '{cause} ({place})',
  'cause.invalid_email': 'La dirección de correo no es válida',
  'cause.invalid_email.what': 'HubSpot no la acepta. Corrija la dirección en NetSuite; después se reintenta por sí solo.',
  'cause.invalid_option': 'HubSpot no conoce esta opción',
  'cause.invalid_option.what':
    'La propiedad solo admite las opciones de su lista. Añada la opción en HubSpot o dé al valor una línea en una tabla de valores de la asignación.',
  'cause.invalid_number': 'El valor no es un número',
  'cause.invalid_number.what':
    'La propiedad solo admite números. Corrija el valor en NetSuite o elija otra propiedad en la asignación.',
  'cause.invalid_date': 'El valor no es una fecha',
  'cause.invalid_date.what':
    'La propiedad solo admite fechas. Corrija el valor en NetSuite o elija otra propiedad en la asignación.',
  'cause.too_long': 'El texto es demasiado largo',
  'cause.too_long.what': 'El otro lado admite menos caracteres. Acorte el texto o córtelo en la asignación con el filtro truncate.',
  'cause.read_only': 'La propiedad no se puede escribir',
  'cause.read_only.what': 'HubSpot la rellena por sí mismo. Quite la fila de la asignación o elija otra propiedad.',
  'cause.unknown_property': 'HubSpot no tiene esa propiedad',
  'cause.unknown_property.what': 'Se renombró o se archivó. Restáurela en HubSpot o cambie la fila de la asignación.',
  'cause.required_missing': 'Una propiedad que HubSpot exige está vacía',
  'cause.required_missing.what':
    'Su cuenta de HubSpot la exige. Rellene el campo en NetSuite, asígnele algo o hágala opcional en HubSpot en Configuración > Propiedades.',
  'cause.conditional_required': 'HubSpot exige una propiedad a causa de otra',
  'cause.conditional_required.what':
    'Una regla de su cuenta de HubSpot la exige para este valor. Asígnele algo o cambie la regla en HubSpot en Configuración > Propiedades.',
  'cause.conflict': 'Otro registro de HubSpot ya tiene este valor',
  'cause.conflict.what': 'El valor debe ser único. Fusione los dos registros en HubSpot o corrija el valor en NetSuite.',
  'cause.blocked': 'La dirección se borró por privacidad',
  'cause.blocked.what':
    'Una persona con esta dirección pidió su borrado en HubSpot, así que HubSpot no la admite de nuevo. No hay nada que hacer; se deja en paz.',
  'cause.missing': 'El registro ya no existe',
  'cause.missing.what': 'Se eliminó. Restáurelo si aún hace falta; si no, no hay nada que hacer.',
  'cause.forbidden': 'HubSpot no permite que Ledgercard escriba esto',
  'cause.forbidden.what':
    'Un superadministrador da de nuevo el consentimiento en la pestaña «Conexión» de la configuración, o un administrador levanta la restricción.',
  'cause.lifecycle_backwards': 'La etapa del ciclo de vida retrocedería',
  'cause.lifecycle_backwards.what':
    'HubSpot solo la deja avanzar, y Ledgercard también. Póngala a mano en HubSpot si de verdad debe retroceder.',
  'cause.erp_rejected': 'NetSuite rechazó el cambio',
  'cause.erp_rejected.what':
    'Una regla de NetSuite se opone al valor del campo indicado. Corríjalo en HubSpot o cambie la regla en NetSuite.',
  'cause.erp_permission': 'Al rol de NetSuite le falta un permiso',
  'cause.erp_permission.what': 'Un administrador de NetSuite lo añade al rol de la conexión: Lists, Customers o Contacts, Edit.',
  'cause.erp_locked': 'El registro está bloqueado en NetSuite',
  'cause.erp_locked.what': 'Alguien lo está editando o un workflow lo bloqueó. Se reintenta por sí solo.',
  'cause.broken_row': 'No se pudo leer el registro de NetSuite',
  'cause.broken_row.what': 'Uno de sus campos contiene algo incomprensible. Ábralo en NetSuite, corrija el campo y guarde.',
  'cause.mapping_failed': 'La asignación no se pudo calcular para este registro',
  'cause.mapping_failed.what': 'Una expresión falló. Pruebe la asignación con este mismo registro en la pestaña «Asignaciones».',
  'cause.loop': 'El registro iba y venía',
  'cause.loop.what':
    'Algo lo cambia cada vez que se sincroniza, por ejemplo un workflow. Se deja en paz hasta que usted lo reintente; quite el campo de ese workflow o haga la fila de la asignación de un solo sentido.',
  'cause.locked': 'El registro está bloqueado en HubSpot',
  'cause.locked.what': 'HubSpot está trabajando en él. Se reintenta por sí solo.',
  'cause.erp_changed': 'El registro cambió entretanto en NetSuite',
  'cause.erp_changed.what': 'Se lee de nuevo y se reintenta por sí solo.',
  'cause.other': 'El otro lado lo rechazó',
  'cause.other.what':
    'No dijo por qué de una forma conocida. Reinténtelo; si sigue así, el operador encuentra más en el registro del servidor.',
};
