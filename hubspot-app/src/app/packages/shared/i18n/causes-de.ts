import type { causesEn } from './causes-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** Why a row could not be written, and what to do about it, in German. */
export const causesDe: DictionaryOf<typeof causesEn> = {
  'cause.at': '{cause} ({place})',
  'cause.invalid_email': 'Die E-Mail-Adresse ist nicht gültig',
  'cause.invalid_email.what': 'HubSpot nimmt sie nicht an. Berichtigen Sie die Adresse in NetSuite; dann wird es von selbst erneut versucht.',
  'cause.invalid_option': 'HubSpot kennt diese Auswahl nicht',
  'cause.invalid_option.what':
    'Die Eigenschaft nimmt nur Optionen ihrer Liste. Fügen Sie die Option in HubSpot hinzu oder geben Sie dem Wert eine Zeile in einer Wertetabelle der Zuordnung.',
  'cause.invalid_number': 'Der Wert ist keine Zahl',
  'cause.invalid_number.what':
    'Die Eigenschaft nimmt nur Zahlen. Berichtigen Sie den Wert in NetSuite oder wählen Sie in der Zuordnung eine andere Eigenschaft.',
  'cause.invalid_date': 'Der Wert ist kein Datum',
  'cause.invalid_date.what':
    'Die Eigenschaft nimmt nur Daten. Berichtigen Sie den Wert in NetSuite oder wählen Sie in der Zuordnung eine andere Eigenschaft.',
  'cause.too_long': 'Der Text ist zu lang',
  'cause.too_long.what':
    'Die andere Seite nimmt weniger Zeichen. Kürzen Sie den Text oder schneiden Sie ihn in der Zuordnung mit dem Filter truncate ab.',
  'cause.read_only': 'Die Eigenschaft kann nicht geschrieben werden',
  'cause.read_only.what': 'HubSpot füllt sie selbst. Nehmen Sie die Zeile aus der Zuordnung oder wählen Sie eine andere Eigenschaft.',
  'cause.unknown_property': 'HubSpot hat keine solche Eigenschaft',
  'cause.unknown_property.what': 'Sie wurde umbenannt oder archiviert. Stellen Sie sie in HubSpot wieder her oder ändern Sie die Zeile der Zuordnung.',
  'cause.required_missing': 'Eine Eigenschaft, die HubSpot verlangt, ist leer',
  'cause.required_missing.what':
    'Ihr HubSpot-Konto verlangt sie. Füllen Sie das Feld in NetSuite, ordnen Sie ihr etwas zu oder machen Sie sie in HubSpot unter Einstellungen > Eigenschaften freiwillig.',
  'cause.conditional_required': 'HubSpot verlangt eine Eigenschaft wegen einer anderen',
  'cause.conditional_required.what':
    'Eine Regel Ihres HubSpot-Kontos verlangt sie bei diesem Wert. Ordnen Sie ihr etwas zu oder ändern Sie die Regel in HubSpot unter Einstellungen > Eigenschaften.',
  'cause.conflict': 'Ein anderer Datensatz in HubSpot hat diesen Wert schon',
  'cause.conflict.what': 'Der Wert muss eindeutig sein. Führen Sie die beiden Datensätze in HubSpot zusammen oder berichtigen Sie den Wert in NetSuite.',
  'cause.blocked': 'Die Adresse wurde aus Datenschutzgründen gelöscht',
  'cause.blocked.what':
    'Eine Person mit dieser Adresse hat in HubSpot ihre Löschung verlangt, daher nimmt HubSpot sie nicht wieder an. Es ist nichts zu tun; sie wird in Ruhe gelassen.',
  'cause.missing': 'Den Datensatz gibt es nicht mehr',
  'cause.missing.what': 'Er wurde gelöscht. Stellen Sie ihn wieder her, wenn er noch gebraucht wird; sonst ist nichts zu tun.',
  'cause.forbidden': 'HubSpot erlaubt Ledgercard nicht, das zu schreiben',
  'cause.forbidden.what':
    'Ein Super-Admin stimmt auf dem Reiter „Verbindung“ der Einstellungen erneut zu, oder ein Administrator hebt die Beschränkung auf.',
  'cause.lifecycle_backwards': 'Die Lifecycle-Phase ginge rückwärts',
  'cause.lifecycle_backwards.what':
    'HubSpot lässt sie nur vorwärts gehen, Ledgercard ebenso. Setzen Sie sie in HubSpot von Hand, wenn sie wirklich zurück soll.',
  'cause.erp_rejected': 'NetSuite hat die Änderung abgelehnt',
  'cause.erp_rejected.what':
    'Eine Regel von NetSuite steht dem Wert des genannten Feldes entgegen. Berichtigen Sie ihn in HubSpot oder ändern Sie die Regel in NetSuite.',
  'cause.erp_permission': 'Der NetSuite-Rolle fehlt eine Berechtigung',
  'cause.erp_permission.what': 'Ein NetSuite-Administrator gibt sie der Rolle der Verbindung: Lists, Customers oder Contacts, Edit.',
  'cause.erp_locked': 'Der Datensatz ist in NetSuite gesperrt',
  'cause.erp_locked.what': 'Jemand bearbeitet ihn, oder ein Workflow hat ihn gesperrt. Es wird von selbst erneut versucht.',
  'cause.broken_row': 'Der Datensatz aus NetSuite konnte nicht gelesen werden',
  'cause.broken_row.what':
    'In einem seiner Felder steht etwas Unverständliches. Öffnen Sie ihn in NetSuite, berichtigen Sie das Feld und speichern Sie.',
  'cause.mapping_failed': 'Die Zuordnung ließ sich für diesen Datensatz nicht berechnen',
  'cause.mapping_failed.what': 'Ein Ausdruck ist daran gescheitert. Testen Sie die Zuordnung an diesem Datensatz auf dem Reiter „Zuordnungen“.',
  'cause.loop': 'Der Datensatz ging hin und her',
  'cause.loop.what':
    'Etwas ändert ihn jedes Mal, wenn er abgeglichen wird, etwa ein Workflow. Er wird in Ruhe gelassen, bis Sie es erneut versuchen; nehmen Sie das Feld aus dem Workflow oder machen Sie die Zeile der Zuordnung einseitig.',
  'cause.locked': 'Der Datensatz ist in HubSpot gesperrt',
  'cause.locked.what': 'HubSpot arbeitet daran. Es wird von selbst erneut versucht.',
  'cause.erp_changed': 'Der Datensatz hat sich inzwischen in NetSuite geändert',
  'cause.erp_changed.what': 'Er wird neu gelesen und von selbst erneut versucht.',
  'cause.other': 'Die andere Seite hat es abgelehnt',
  'cause.other.what':
    'Sie hat den Grund nicht auf bekannte Weise genannt. Versuchen Sie es erneut; bleibt es so, findet der Betreiber mehr im Protokoll.',
};
