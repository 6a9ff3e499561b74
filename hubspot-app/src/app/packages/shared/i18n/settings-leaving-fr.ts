import type { DictionaryOf } from './dictionary.ts';
import type { leavingEn } from './settings-leaving-en.ts';

/** The four ways out, in French. */
export const leavingFr: DictionaryOf<typeof leavingEn> = {
  'leaving.what':
    'Il y a quatre façons d’arrêter, de la plus légère à la plus radicale. Chacune dit d’abord ce qu’elle touche.',
  'leaving.connection': 'Connexion',
  'leaving.noConnection': 'Aucun ERP n’est connecté : il n’y a rien à suspendre ni à déconnecter.',
  'leaving.loading': 'Décompte…',
  'leaving.error': 'Ce qui serait touché n’a pas pu être compté',
  'way.title.pause': 'Suspendre',
  'way.title.disconnect': 'Déconnecter l’ERP',
  'way.title.purge_connection': 'Purger : {name}',
  'way.title.purge_portal': 'Purger : tout le compte HubSpot',
  'way.title.remove': 'Retirer de HubSpot',
  'way.what.pause': 'Rien n’est lu de {name} jusqu’à la reprise. Rien n’est effacé.',
  'way.what.resume': '{name} est suspendue. Rien n’a été effacé.',
  'way.what.disconnect':
    'Les identifiants de {name} sont effacés ici. Les factures ajoutées et les liens restent, et reviennent quand le compte est reconnecté.',
  'way.what.disconnected': '{name} est déjà déconnectée : ses identifiants sont effacés.',
  'way.what.purge_connection':
    'Tout ce qui concerne {name} est effacé ici, sans retour possible. NetSuite lui-même n’est pas touché.',
  'way.what.purge_portal':
    'Tout ce qui concerne ce compte HubSpot est effacé ici, connexions comprises, sans retour possible. Les fiches de HubSpot et de NetSuite restent.',
  'way.what.remove':
    'Ledgercard est désinstallé de HubSpot et notre accès à HubSpot est effacé. Le reste attend ici une nouvelle installation ; purgez d’abord si rien ne doit rester.',
  'way.erases': 'Effacé : {what}',
  'way.keeps': 'Conservé : {what}',
  'way.nothing': 'rien',
  'way.access': 'notre accès à ce compte HubSpot',
  'way.button.pause': 'Suspendre {name}',
  'way.button.resume': 'Reprendre {name}',
  'way.button.disconnect': 'Déconnecter {name}',
  'way.button.purge_connection': 'Purger {name}',
  'way.button.purge_portal': 'Tout purger',
  'way.button.remove': 'Retirer Ledgercard de HubSpot',
  'count.connections': { one: '{count} connexion', other: '{count} connexions' },
  'count.associations': { one: '{count} facture ajoutée', other: '{count} factures ajoutées' },
  'count.links': { one: '{count} lien', other: '{count} liens' },
  'count.tombstones': { one: '{count} marque de suppression', other: '{count} marques de suppression' },
  'count.drafts': { one: '{count} connexion inachevée', other: '{count} connexions inachevées' },
  'count.credentials': { one: '{count} identifiant', other: '{count} identifiants' },
  'confirm.account': 'Tapez l’identifiant de compte {id} pour confirmer',
  'confirm.portal': 'Tapez l’identifiant de portail {id} pour confirmer',
  'confirm.wrong': 'Ce n’est pas {id}.',
  'confirm.properties': 'Nos propriétés dans HubSpot',
  'confirm.keep': 'Les garder',
  'confirm.keep.what': 'La propriété ledgercard_key et ses valeurs restent sur les fiches.',
  'confirm.archive': 'Les archiver',
  'confirm.archive.what':
    'HubSpot masque la propriété et ses valeurs ; un administrateur peut la restaurer pendant 90 jours.',
  'left.pause': 'Suspendue',
  'left.resume': 'De nouveau active',
  'left.disconnect': 'L’ERP est déconnecté',
  'left.purge_connection': 'La connexion est purgée',
  'left.purge_portal': 'Tout est purgé',
  'left.remove': 'Ledgercard est retiré de HubSpot',
  'left.erased': 'Effacé : {what}.',
  'left.remaining': { one: '{count} ligne restante', other: '{count} lignes restantes' },
  'left.remaining.what':
    'Tout n’a pas pu être effacé. Recommencez ; si cela persiste, l’exploitant en trouve la raison dans le journal.',
  'left.properties.kept': 'Nos propriétés dans HubSpot ont été gardées.',
  'left.properties.archived': 'Nos propriétés dans HubSpot ont été archivées.',
  'left.properties.not_possible':
    'Nos propriétés dans HubSpot n’ont pas pu être archivées : un administrateur le fait sous Paramètres > Propriétés.',
};
