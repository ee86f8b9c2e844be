// biome-ignore-all format: one line a text, so that both languages read side by side
/** Mails, in French. */
export const mail = {
  'mail.hello': 'Bonjour,',
  'mail.foot': 'Envoyé par Spread Tracker ({{host}}). Si vous n’attendiez pas ce message, ignorez-le : rien ne se passera.',
  'mail.link': 'Si le bouton ne fonctionne pas, copiez cette adresse dans votre navigateur :',
  'mail.invitation.subject': '{{inviter}} vous invite sur {{shop}}',
  'mail.invitation.body':
    '{{inviter}} vous invite à travailler sur la boutique « {{shop}} » dans Spread Tracker, avec le rôle « {{role}} ».',
  'mail.invitation.until': 'Cette invitation est valable jusqu’au {{until}}. Le lien est personnel : ne le transférez pas.',
  'mail.invitation.action': 'Accepter l’invitation',
  'mail.password_reset.subject': 'Choisir un nouveau mot de passe',
  'mail.password_reset.body': 'Vous avez demandé à choisir un nouveau mot de passe pour votre compte Spread Tracker.',
  'mail.password_reset.until':
    'Ce lien fonctionne une fois, pendant {{minutes}} minutes. Si vous n’avez rien demandé, votre mot de passe reste inchangé.',
  'mail.password_reset.action': 'Choisir un mot de passe',
  'mail.account_changed.subject': 'Votre compte a été modifié',
  'mail.account_changed.password': 'Le mot de passe de votre compte Spread Tracker a été changé le {{at}}.',
  'mail.account_changed.second_factor_on':
    'La validation en deux étapes a été activée sur votre compte Spread Tracker le {{at}}.',
  'mail.account_changed.second_factor_off':
    'La validation en deux étapes a été désactivée sur votre compte Spread Tracker le {{at}}.',
  'mail.account_changed.advice':
    'Si ce n’était pas vous, choisissez tout de suite un nouveau mot de passe et prévenez la personne qui administre votre boutique.',
  'mail.developer.subject': 'Intégration du tracker sur {{shop}}',
  'mail.developer.body':
    '{{inviter}} vous confie l’intégration du tracker sur la boutique « {{shop}} ». Votre page personnelle réunit la documentation, les clés et la vérification en direct ; aucun compte n’est nécessaire.',
  'mail.developer.note': 'Son message : « {{note}} »',
  'mail.developer.write': 'Vos clés permettent d’envoyer des données ; elles ne permettent pas de lire celles des clients.',
  'mail.developer.read': 'Vos clés permettent d’envoyer des données et de lire celles des clients.',
  'mail.developer.guide': 'Le guide d’installation : {{url}}',
  'mail.developer.key': 'La clé publique de la boutique, pour ses pages : {{key}}',
  'mail.developer.private': 'Les clés privées ne voyagent pas par e-mail : votre page les affiche après un code envoyé à cette adresse.',
  'mail.developer.until': 'Ce lien est un secret, valable jusqu’au {{until}} : ne le transférez pas.',
  'mail.developer.action': 'Ouvrir ma page',
  'mail.developer_code.subject': 'Votre code : {{code}}',
  'mail.developer_code.body':
    'Voici le code pour afficher la clé privée de « {{shop}} ». Il est valable {{minutes}} minutes, dans le navigateur où vous l’avez demandé.',
  'mail.stop': 'Ne plus recevoir de messages commerciaux de {{shop}}',
  'mail.confirmation.subject': '{{shop}} : confirmez votre inscription',
  'mail.confirmation.body': 'Vous avez été inscrit à « {{basis}} » de {{shop}}. Pour que ce soit bien votre choix, confirmez-le : ouvrez la page et appuyez sur le bouton.',
  'mail.confirmation.text': 'Ce que vous acceptez : « {{text}} »',
  'mail.confirmation.action': 'Voir et confirmer',
  'mail.confirmation.until': 'Le lien est valable jusqu’au {{until}}. Si ce n’est pas vous, ne faites rien : sans confirmation, vous ne recevrez rien. La même page permet aussi de dire non.',
  'mail.person_code.subject': '{{shop}} : votre code',
  'mail.person_code.body': 'Ce code ouvre la page de vos données chez {{shop}}. Il est valable {{minutes}} minutes, une seule fois.',
  'mail.person_code.after': 'Ne le donnez à personne. Si vous n’avez rien demandé, ignorez ce message : sans ce code, la page reste fermée.',
  'mail.import_failed.subject': '{{shop}} : l’import « {{source}} » a échoué',
  'mail.import_failed.body': 'L’import régulier « {{source}} » de la boutique « {{shop}} » n’a pas pu se faire :',
  'mail.import_failed.action': 'Voir les imports',
  'mail.import_failed.once': 'Il sera essayé de nouveau à la prochaine échéance. Tant que la cause reste la même, vous ne recevrez pas d’autre message.',
  'mail.push_failed.subject': '{{shop}} : le fichier « {{file}} » n’a pas pu être importé',
  'mail.push_failed.body': 'Un programme de la boutique « {{shop}} » a envoyé le fichier « {{file}} », qui n’a pas pu être importé :',
  'mail.push_failed.action': 'Voir cet import',
  'mail.push_failed.once': 'Corrigez la cause, puis renvoyez le fichier. D’autres échecs dans les vingt-quatre heures ne donnent pas d’autre message.',
  'mail.alarm.silent.subject': '{{shop}} : le tracker ne reçoit plus rien',
  'mail.alarm.silent.body':
    'Rien n’est arrivé de « {{shop}} » depuis {{figure}} h, alors que cette boutique envoie d’habitude des données à ces heures. Vérifiez que le script est toujours sur les pages et que le serveur de la boutique répond.',
  'mail.alarm.errors.subject': '{{shop}} : de nombreux envois sont rejetés',
  'mail.alarm.errors.body':
    '{{figure}} % de ce que « {{shop}} » a envoyé depuis le début de l’heure précédente n’a pas pu être utilisé. La page de vérification dit pourquoi.',
  'mail.alarm.old_key.subject': '{{shop}} : une ancienne clé sert encore',
  'mail.alarm.old_key.body':
    'Une paire de clés remplacée de « {{shop}} » a encore servi à {{figure}} appels. Remplacez-la partout avant sa fin, sinon ces appels seront refusés.',
  'mail.alarm.store.subject': '{{shop}} : une boutique connectée a besoin de vous',
  'mail.alarm.store.body':
    '{{figure}} boutique(s) connectée(s) de « {{shop}} » avaient arrêté ou perdu les abonnements par lesquels elles livrent, ou ne se laissent plus lire. Ce qui pouvait être refait l’a été, et ce qui a manqué est relu dans la boutique dans l’heure ; la page des boutiques connectées dit ce qui reste à faire.',
  'mail.alarm.action': 'Voir la boutique',
  'mail.rights_identity.subject': '{{shop}} : confirmez votre demande',
  'mail.rights_identity.body': 'Une demande concernant vos données personnelles ({{right}}) a été faite auprès de « {{shop}} » avec cette adresse. Pour qu’elle soit traitée, confirmez qu’elle vient de vous, ou donnez ce code à la personne qui vous le demande.',
  'mail.rights_identity.action': 'Confirmer ma demande',
  'mail.rights_identity.after': 'Le lien et le code sont valables 7 jours. Si cette demande ne vient pas de vous, ne faites rien : elle restera sans suite.',
  'mail.rights_closed.subject': '{{shop}} : votre demande',
  'mail.rights_closed.done': 'Votre demande du {{date}} auprès de « {{shop}} » ({{right}}) a été traitée.',
  'mail.rights_closed.refused': '« {{shop}} » n’a pas donné suite à votre demande du {{date}} ({{right}}). Motif : {{reason}}',
  'mail.rights_closed.after': 'Si cette réponse ne vous convient pas, vous pouvez écrire à la boutique ou déposer une réclamation auprès de l’autorité de protection des données (en France, la CNIL : cnil.fr).',
} as const;
