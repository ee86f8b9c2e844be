import type { Platform } from '#contract/platform.ts';

/** Names as the platforms write them, the same in every language; `other` has words of its own. */
export const platformLook: Readonly<Record<Platform, { readonly name: string; readonly letters: string }>> = {
  prestashop: { name: 'PrestaShop', letters: 'Ps' },
  woocommerce: { name: 'WooCommerce', letters: 'Wo' },
  shopify: { name: 'Shopify', letters: 'Sh' },
  magento2: { name: 'Magento 2', letters: 'M2' },
  magento1: { name: 'Magento 1 / OpenMage', letters: 'M1' },
  shopware6: { name: 'Shopware 6', letters: 'Sw' },
  opencart: { name: 'OpenCart', letters: 'Oc' },
  sylius: { name: 'Sylius', letters: 'Sy' },
  'drupal-commerce': { name: 'Drupal Commerce', letters: 'Dr' },
  wizishop: { name: 'WiziShop', letters: 'Wz' },
  oxatis: { name: 'Oxatis', letters: 'Ox' },
  'tag-manager': { name: 'Google Tag Manager', letters: 'Gt' },
  javascript: { name: 'JavaScript', letters: 'JS' },
  php: { name: 'PHP', letters: 'Ph' },
  other: { name: 'API', letters: '{ }' },
};
