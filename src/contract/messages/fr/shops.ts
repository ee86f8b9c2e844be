// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in French: the list of shops. */
export const shops = {
  'shops.title': 'Boutiques',
  'shops.empty': 'Votre compte n’a accès à aucune boutique.',
  'shops.emptyHelp': 'Demandez à la personne qui administre cette installation de vous y ajouter.',
  'shops.demo': 'Démonstration',
  'shops.installed': 'Installée le {{date}}',
  'shops.notInstalled': 'Rien reçu pour l’instant',
  'shops.orders_one': '{{count}} commande',
  'shops.orders_other': '{{count}} commandes',
  'shops.profiles_one': '{{count}} profil',
  'shops.profiles_other': '{{count}} profils',
  'shops.countsHelp': 'Tout ce que la boutique a reçu depuis ses débuts, annulations comprises, tests exclus. Les profils fusionnés comptent une fois.',
  'shops.ordersMany': 'plus de {{count}} commandes',
  'shops.profilesMany': 'plus de {{count}} profils',
};
