import type { causesEn } from './causes-en.ts';
import type { DictionaryOf } from './dictionary.ts';

/** Why a row could not be written, and what to do about it, in French. */
export const causesFr: DictionaryOf<typeof causesEn> = {
  'cause.at': '{cause} ({place})',
  'cause.invalid_email': 'L’adresse e-mail n’est pas valable',
  'cause.invalid_email.what': 'HubSpot ne l’accepte pas. Corrigez l’adresse dans NetSuite ; un nouvel essai suit de lui-même.',
  'cause.invalid_option': 'HubSpot ne connaît pas ce choix',
  'cause.invalid_option.what':
    'La propriété n’accepte que les options de sa liste. Ajoutez l’option dans HubSpot, ou donnez à la valeur une ligne dans une table de valeurs.',
  'cause.invalid_number': 'La valeur n’est pas un nombre',
  'cause.invalid_number.what':
    'La propriété n’accepte que des nombres. Corrigez la valeur dans NetSuite, ou choisissez une autre propriété dans la correspondance.',
  'cause.invalid_date': 'La valeur n’est pas une date',
  'cause.invalid_date.what':
    'La propriété n’accepte que des dates. Corrigez la valeur dans NetSuite, ou choisissez une autre propriété dans la correspondance.',
  'cause.too_long': 'Le texte est trop long',
  'cause.too_long.what':
    'L’autre côté accepte moins de caractères. Raccourcissez le texte, ou coupez-le dans la correspondance avec le filtre truncate.',
  'cause.read_only': 'La propriété ne peut pas être écrite',
  'cause.read_only.what': 'HubSpot la remplit lui-même. Retirez la ligne de la correspondance, ou choisissez une autre propriété.',
  'cause.unknown_property': 'HubSpot n’a pas cette propriété',
  'cause.unknown_property.what': 'Elle a été renommée ou archivée. Restaurez-la dans HubSpot, ou modifiez la ligne de la correspondance.',
  'cause.required_missing': 'Une propriété exigée par HubSpot est vide',
  'cause.required_missing.what':
    'Votre compte HubSpot l’exige. Remplissez le champ dans NetSuite, associez-lui quelque chose, ou rendez-la facultative dans HubSpot sous Paramètres > Propriétés.',
  'cause.conditional_required': 'HubSpot exige une propriété à cause d’une autre',
  'cause.conditional_required.what':
    'Une règle de votre compte HubSpot l’exige pour cette valeur. Associez-lui quelque chose, ou modifiez la règle dans HubSpot sous Paramètres > Propriétés.',
  'cause.conflict': 'Une autre fiche de HubSpot a déjà cette valeur',
  'cause.conflict.what': 'La valeur doit être unique. Fusionnez les deux fiches dans HubSpot, ou corrigez la valeur dans NetSuite.',
  'cause.blocked': 'L’adresse a été effacée pour protéger la personne',
  'cause.blocked.what':
    'Une personne ayant cette adresse a demandé son effacement dans HubSpot, qui ne la reprend donc pas. Il n’y a rien à faire ; elle est laissée de côté.',
  'cause.missing': 'La fiche n’existe plus',
  'cause.missing.what': 'Elle a été supprimée. Restaurez-la si elle est encore utile ; sinon, il n’y a rien à faire.',
  'cause.forbidden': 'HubSpot n’autorise pas Ledgercard à écrire ceci',
  'cause.forbidden.what':
    'Un super administrateur redonne le consentement sous l’onglet « Connexion » des paramètres, ou un administrateur lève la restriction.',
  'cause.lifecycle_backwards': 'La phase du cycle de vie reculerait',
  'cause.lifecycle_backwards.what':
    'HubSpot ne la laisse qu’avancer, et Ledgercard aussi. Réglez-la à la main dans HubSpot si elle doit vraiment reculer.',
  'cause.erp_rejected': 'NetSuite a refusé la modification',
  'cause.erp_rejected.what':
    'Une règle de NetSuite s’oppose à la valeur du champ nommé. Corrigez-la dans HubSpot, ou modifiez la règle dans NetSuite.',
  'cause.erp_permission': 'Il manque une autorisation au rôle NetSuite',
  'cause.erp_permission.what':
    'Un administrateur NetSuite l’ajoute au rôle de la connexion : Lists, Customers ou Contacts, Edit.',
  'cause.erp_locked': 'La fiche est verrouillée dans NetSuite',
  'cause.erp_locked.what': 'Quelqu’un la modifie, ou un workflow l’a verrouillée. Un nouvel essai suit de lui-même.',
  'cause.broken_row': 'La fiche de NetSuite n’a pas pu être lue',
  'cause.broken_row.what':
    'Un de ses champs contient quelque chose d’incompréhensible. Ouvrez-la dans NetSuite, corrigez le champ et enregistrez.',
  'cause.mapping_failed': 'La correspondance n’a pas pu être calculée pour cette fiche',
  'cause.mapping_failed.what':
    'Une expression a échoué. Essayez la correspondance sur cette fiche sous l’onglet « Correspondances ».',
  'cause.loop': 'La fiche allait et venait sans fin',
  'cause.loop.what':
    'Quelque chose la modifie à chaque fois qu’elle est alignée, par exemple un workflow. Elle est laissée de côté jusqu’à votre nouvel essai ; retirez le champ de ce workflow, ou faites aller la ligne dans un seul sens.',
  'cause.locked': 'La fiche est verrouillée dans HubSpot',
  'cause.locked.what': 'HubSpot y travaille. Un nouvel essai suit de lui-même.',
  'cause.erp_changed': 'La fiche a changé entre-temps dans NetSuite',
  'cause.erp_changed.what': 'Elle est relue, et un nouvel essai suit de lui-même.',
  'cause.other': 'L’autre côté l’a refusée',
  'cause.other.what':
    'Il n’a pas dit pourquoi d’une façon connue. Réessayez ; si cela persiste, l’exploitant en trouve davantage dans le journal.',
};
