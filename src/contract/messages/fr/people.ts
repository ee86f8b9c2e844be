// biome-ignore-all format: one line a text, so that both languages read side by side
/** Mots en français : les personnes, leurs rôles. */
export const people = {
  'role.administrator': 'Administrateur du compte',
  'role.user': 'Utilisateur du compte',
  'role.developer': 'Développeur',
  'role.accountant': 'Comptable',
  'role.support': 'Support client',
} as const;
