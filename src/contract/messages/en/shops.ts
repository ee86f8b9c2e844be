// biome-ignore-all format: one line a text, so that both languages read side by side
/** Words in English: the list of shops. */
export const shops = {
  'shops.title': 'Shops',
  'shops.empty': 'Your account has access to no shop.',
  'shops.emptyHelp': 'Ask the person who administers this installation to add you.',
  'shops.demo': 'Demo',
  'shops.installed': 'Installed on {{date}}',
  'shops.notInstalled': 'Nothing received yet',
  'shops.orders_one': '{{count}} order',
  'shops.orders_other': '{{count}} orders',
  'shops.profiles_one': '{{count}} profile',
  'shops.profiles_other': '{{count}} profiles',
  'shops.countsHelp': 'Everything the shop received since it began, cancelled orders included, tests left out. Merged profiles count once.',
  'shops.ordersMany': 'more than {{count}} orders',
  'shops.profilesMany': 'more than {{count}} profiles',
};
