// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in English: people, their roles. */
export const people = {
  'role.administrator': 'Account administrator',
  'role.user': 'Account user',
  'role.developer': 'Developer',
  'role.accountant': 'Accountant',
  'role.support': 'Customer support',
} as const;
