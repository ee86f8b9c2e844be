// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in French: profiles merged, and what came about a person. */
export const merge = {
  'merge.open': 'Fusionner…',
  'merge.title': 'Fusionner avec un autre profil',
  'merge.help': 'Ces deux profils sont la même personne ? Celui-ci la représentera ; l’autre lui est rattaché. Les commandes et les envois gardent le profil qu’ils ont nommé.',
  'merge.search': 'L’autre profil',
  'merge.searchHelp': 'Son adresse e-mail, son identifiant ou son téléphone.',
  'merge.nobody': 'Aucun autre profil ne correspond.',
  'merge.choose': 'Profil à rattacher',
  'merge.effect': 'Ce que cela change',
  'merge.effectHelp': 'Chaque base juridique devient celle des deux historiques réunis, dans l’ordre du temps : une base légale refusée d’un côté est refusée. La fusion peut être défaite ; les refus donnés entre-temps restent des deux côtés.',
  'merge.submit': 'Fusionner',
  'merge.undo': 'Défaire la fusion',
  'merge.undoOf': 'Défaire la fusion avec {{name}}',
  'merge.absorbed': 'Cette personne a aussi',
  'merge.openKept': 'Ouvrir le profil qui la représente',
  'timeline.title': 'Chronologie',
  'timeline.help': 'Tout ce qui est arrivé au nom de cette personne, et ce que cela a changé.',
  'timeline.none': 'Rien n’est arrivé à son nom, ou le journal de cette époque a été effacé.',
};
