// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in French: pairs of keys and their replacement. */
export const keys = {
  'keys.rotate': 'Remplacer cette paire',
  'keys.rotateHelp': 'Une nouvelle paire est créée avec les mêmes droits. L’ancienne continue de fonctionner pendant le délai choisi : remplacez-la partout (pages, serveur, module), sans rien perdre. La page compte les appels qui l’utilisent encore.',
  'keys.grace': 'L’ancienne paire fonctionne encore',
  'keys.grace.0': 'Pas du tout : elle s’arrête tout de suite',
  'keys.grace.24': '24 heures',
  'keys.grace.168': '7 jours',
  'keys.grace.720': '30 jours',
  'keys.graceNone': 'Les pages et les serveurs qui portent l’ancienne paire ne pourront plus rien envoyer. À choisir si la clé privée est tombée en de mauvaises mains.',
  'keys.rotateSubmit': 'Créer la nouvelle paire',
  'keys.rotated': 'La nouvelle paire est prête ; les guides de cette page l’utilisent déjà.',
  'keys.unused': 'Aucun appel n’a utilisé cette paire depuis son remplacement.',
  'keys.used_one': '{{count}} appel a utilisé cette paire depuis son remplacement.',
  'keys.used_other': '{{count}} appels ont utilisé cette paire depuis son remplacement.',
  'keys.lastUsed': 'Dernier appel : {{date}}.',
  'keys.end': 'L’arrêter maintenant',
  'keys.changed': 'Cette paire a changé entre-temps. Rechargez la page.',
};
