import type { DictionaryOf } from './dictionary.ts';
import type { wizardEn } from './settings-wizard-en.ts';

/** Connecting an ERP, in French. NetSuite’s menus are named as in its English interface. */
export const wizardFr: DictionaryOf<typeof wizardEn> = {
  'wizard.title': 'Connecter NetSuite',
  'wizard.title.reconnect': 'Reconnecter {name}',
  'wizard.title.rollover': 'Nouveau certificat pour {name}',
  'wizard.cancel': 'Annuler',
  'wizard.next': 'Suivant',
  'step.prerequisites': 'Prérequis',
  'step.account': 'Compte',
  'step.credentials': 'Identifiants',
  'step.result': 'Contrôle',
  'prerequisites.what':
    'Un administrateur NetSuite s’en charge d’abord. Rien ne peut être demandé à NetSuite avant la connexion ; ensuite, chaque ligne est vérifiée.',
  'prerequisites.error': 'La liste n’a pas pu être chargée',
  'prerequisites.loading': 'Chargement de la liste…',
  'prerequisites.confirm': 'La préparation dans NetSuite est terminée',
  'account.id': 'Identifiant de compte',
  'account.id.what': 'Dans NetSuite, sous Setup > Company > Company Information : 1234567 ou 1234567_SB1, par exemple.',
  'account.id.wrong':
    'Un identifiant de compte n’a que des lettres et des chiffres, avec _SB1 à la fin pour un sandbox : 1234567_SB1.',
  'account.sandbox': 'C’est un compte sandbox. Ses liens ne sont jamais mêlés à ceux du compte de production.',
  'account.name': 'Nom',
  'account.name.what': 'Le nom de cette connexion ici et dans la carte.',
  'account.method': 'Mode de connexion',
  'account.certificate': 'Par certificat (recommandé)',
  'account.certificate.what':
    'Dure jusqu’à 2 ans et fonctionne sans que personne soit connecté. Un administrateur dépose le certificat une fois.',
  'account.sign_in': 'Par ouverture de session',
  'account.sign_in.what': 'NetSuite y met fin après 7 jours : quelqu’un doit se reconnecter chaque semaine.',
  'account.makeCertificate': 'Créer le certificat',
  'certificate.what': 'Un administrateur NetSuite remet ce certificat à NetSuite :',
  'certificate.path.1': 'Ouvrir Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup.',
  'certificate.path.2': 'Cliquer sur Create New.',
  'certificate.path.3': 'Choisir l’employé (Entity) et le rôle (Role) avec lesquels Ledgercard doit travailler.',
  'certificate.path.4': 'Choisir l’application (l’Integration Record qui permet Client Credentials).',
  'certificate.path.5':
    'Déposer le certificat ci-dessous et enregistrer. NetSuite montre alors l’identifiant du certificat dans la liste.',
  'certificate.pem': 'Certificat',
  'certificate.ends': 'Valable jusqu’au {when}. Il ne contient aucun secret ; la clé privée ne quitte pas le serveur.',
  'certificate.copy': 'Copier le certificat',
  'certificate.copied': 'Le certificat est copié',
  'certificate.copyFailed': 'HubSpot n’a pas permis la copie. Sélectionnez le texte et copiez-le à la main.',
  'certificate.download': 'Télécharger le certificat',
  'certificate.window': 'Ouvrir le téléchargement',
  'clientId': 'Identifiant client (Client ID)',
  'clientId.what': 'De l’Integration Record, sous Setup > Integration > Manage Integrations.',
  'certificateId': 'Identifiant du certificat (Certificate ID)',
  'certificateId.what': 'Dans la liste de OAuth 2.0 Client Credentials (M2M) Setup.',
  'certificate.connect': 'Tester et connecter',
  'certificate.kept': 'Vous pouvez quitter cette page : le certificat reste sous « Connexions inachevées ».',
  'field.missing': 'À remplir.',
  'refused.title': 'NetSuite a refusé la connexion',
  'refused.client_unknown':
    'NetSuite ne connaît pas cet identifiant client. Copiez-le à nouveau depuis l’Integration Record, qui doit être activé.',
  'refused.certificate_unknown':
    'NetSuite ne connaît pas cet identifiant de certificat pour cette application. Vérifiez que c’est bien ce certificat qui a été déposé, et copiez l’identifiant de la liste.',
  'refused.clock_skew':
    'Les horloges de ce serveur et de NetSuite diffèrent trop. L’exploitant met le serveur à l’heure.',
  'refused.not_permitted':
    'Le rôle n’en a pas le droit. Vérifiez les autorisations du rôle et que l’employé possède ce rôle.',
  'refused.not_permitted.named': 'Il manque au rôle l’autorisation « {permission} ». Ajoutez-la dans NetSuite, puis réessayez.',
  'refused.unavailable': 'NetSuite est injoignable pour le moment. Réessayez plus tard ; rien n’a été changé.',
  'refused.broken': 'La réponse de NetSuite est incompréhensible. Le journal du serveur contient les détails.',
  'refused.other_account':
    'NetSuite a répondu pour un autre compte que celui nommé ici. Vérifiez l’identifiant de compte.',
  'signIn.what':
    'Utilisez un Integration Record qui permet Authorization Code Grant et qui a exactement cette adresse de redirection :',
  'signIn.redirect': 'Adresse de redirection',
  'signIn.clientSecret': 'Secret client (Client Secret)',
  'signIn.clientSecret.what': 'NetSuite le montre une seule fois. Il est scellé sur le serveur et n’est plus jamais montré.',
  'signIn.make': 'Passer à l’ouverture de session',
  'signIn.open': 'Se connecter à NetSuite',
  'signIn.openWhat':
    'Une fenêtre s’ouvre. Connectez-vous comme l’employé qui a le rôle, choisissez ce rôle et autorisez l’accès. Revenez ensuite ici.',
  'signIn.done': 'Je me suis connecté',
  'signIn.notYet': 'Aucune ouverture de session n’est encore arrivée',
  'signIn.notYet.what': 'Terminez-la dans la fenêtre ouverte. Si cette fenêtre montre une erreur, elle dit quoi faire.',
  'windowLink.valid': 'Le lien sert une seule fois, pendant une minute.',
  'windowLink.ended': 'Le lien a expiré.',
  'windowLink.again': 'Créer un nouveau lien',
  'result.connected': '{name} est connectée',
  'result.connected.what': 'Les factures de ce compte apparaissent maintenant sur les contacts, entreprises et transactions.',
  'result.refused': {
    one: '{count} prérequis est refusé. Corrigez-le dans NetSuite et vérifiez à nouveau.',
    other: '{count} prérequis sont refusés. Corrigez-les dans NetSuite et vérifiez à nouveau.',
  },
  'result.loading': 'Vérification des prérequis…',
  'result.done': 'Terminer',
};
