/** The order states each platform ships with, in our words: what the Tracker page proposes; the merchant may change every line (rules §3.2). */
import type { MappedState } from './settings.ts';

export const platforms = [
  'prestashop',
  'woocommerce',
  'shopify',
  'magento2',
  'magento1',
  'shopware6',
  'opencart',
  'sylius',
  'drupal-commerce',
  'wizishop',
  'oxatis',
  'tag-manager',
  'javascript',
  'php',
  'other',
] as const;
export type Platform = (typeof platforms)[number];

const placed: MappedState = { payment: 'none', fulfilment: 'none', cancelled: false };
const authorised: MappedState = { payment: 'authorised', fulfilment: 'none', cancelled: false };
const partPaid: MappedState = { payment: 'part-paid', fulfilment: 'none', cancelled: false };
const paid: MappedState = { payment: 'paid', fulfilment: 'none', cancelled: false };
const partShipped: MappedState = { payment: 'paid', fulfilment: 'part-shipped', cancelled: false };
const shipped: MappedState = { payment: 'paid', fulfilment: 'shipped', cancelled: false };
const sent: MappedState = { payment: 'none', fulfilment: 'shipped', cancelled: false };
const cancelled: MappedState = { payment: 'none', fulfilment: 'none', cancelled: true };

export interface PlatformState {
  readonly code: string;
  /** As the platform's own back office calls it. */
  readonly name: string;
  readonly state: MappedState;
}

const magento: readonly PlatformState[] = [
  { code: 'new', name: 'new', state: placed },
  { code: 'pending_payment', name: 'pending_payment', state: placed },
  { code: 'payment_review', name: 'payment_review', state: placed },
  { code: 'holded', name: 'holded', state: placed },
  { code: 'processing', name: 'processing', state: paid },
  { code: 'complete', name: 'complete', state: shipped },
  { code: 'closed', name: 'closed', state: cancelled },
  { code: 'canceled', name: 'canceled', state: cancelled },
];

/** Platforms without fixed states of their own are absent: there the integrator sends SPREAD's codes. */
export const platformStates: Readonly<Partial<Record<Platform, readonly PlatformState[]>>> = {
  prestashop: [
    { code: '1', name: 'En attente du paiement par chèque', state: placed },
    { code: '2', name: 'Paiement accepté', state: paid },
    { code: '3', name: 'En cours de préparation', state: paid },
    { code: '4', name: 'Expédié', state: shipped },
    { code: '5', name: 'Livré', state: shipped },
    { code: '6', name: 'Annulé', state: cancelled },
    { code: '7', name: 'Remboursé', state: cancelled },
    { code: '8', name: 'Erreur de paiement', state: cancelled },
    { code: '9', name: 'En attente de réapprovisionnement (payé)', state: paid },
    { code: '10', name: 'En attente de virement bancaire', state: placed },
    { code: '11', name: 'Paiement à distance accepté', state: paid },
    { code: '12', name: 'En attente de réapprovisionnement (non payé)', state: placed },
    { code: '13', name: 'En attente de paiement à la livraison', state: placed },
  ],
  woocommerce: [
    { code: 'pending', name: 'Attente paiement', state: placed },
    { code: 'on-hold', name: 'En attente', state: placed },
    { code: 'processing', name: 'En cours', state: paid },
    { code: 'completed', name: 'Terminée', state: shipped },
    { code: 'cancelled', name: 'Annulée', state: cancelled },
    { code: 'refunded', name: 'Remboursée', state: cancelled },
    { code: 'failed', name: 'Échouée', state: cancelled },
  ],
  shopify: [
    { code: 'pending', name: 'pending', state: placed },
    { code: 'authorized', name: 'authorized', state: authorised },
    { code: 'partially_paid', name: 'partially_paid', state: partPaid },
    { code: 'paid', name: 'paid', state: paid },
    { code: 'partially_refunded', name: 'partially_refunded', state: paid },
    { code: 'refunded', name: 'refunded', state: cancelled },
    { code: 'voided', name: 'voided', state: cancelled },
  ],
  magento2: magento,
  magento1: magento,
  shopware6: [
    { code: 'open', name: 'open', state: placed },
    { code: 'in_progress', name: 'in_progress', state: placed },
    { code: 'authorized', name: 'authorized', state: authorised },
    { code: 'paid_partially', name: 'paid_partially', state: partPaid },
    { code: 'paid', name: 'paid', state: paid },
    { code: 'refunded_partially', name: 'refunded_partially', state: paid },
    { code: 'refunded', name: 'refunded', state: cancelled },
    { code: 'cancelled', name: 'cancelled', state: cancelled },
    { code: 'failed', name: 'failed', state: cancelled },
  ],
  opencart: [
    { code: '1', name: 'Pending', state: placed },
    { code: '2', name: 'Processing', state: paid },
    { code: '3', name: 'Shipped', state: shipped },
    { code: '5', name: 'Complete', state: paid },
    { code: '7', name: 'Canceled', state: cancelled },
    { code: '8', name: 'Denied', state: cancelled },
    { code: '10', name: 'Failed', state: cancelled },
    { code: '11', name: 'Refunded', state: cancelled },
    { code: '14', name: 'Expired', state: cancelled },
    { code: '15', name: 'Processed', state: paid },
    { code: '16', name: 'Voided', state: cancelled },
  ],
  sylius: [
    { code: 'awaiting_payment', name: 'awaiting_payment', state: placed },
    { code: 'authorized', name: 'authorized', state: authorised },
    { code: 'partially_paid', name: 'partially_paid', state: partPaid },
    { code: 'paid', name: 'paid', state: paid },
    { code: 'partially_refunded', name: 'partially_refunded', state: paid },
    { code: 'refunded', name: 'refunded', state: cancelled },
    { code: 'cancelled', name: 'cancelled', state: cancelled },
  ],
  'drupal-commerce': [
    { code: 'validation', name: 'validation', state: placed },
    { code: 'fulfillment', name: 'fulfillment', state: placed },
    { code: 'completed', name: 'completed', state: sent },
    { code: 'canceled', name: 'canceled', state: cancelled },
  ],
  wizishop: [
    { code: '5', name: 'En attente de paiement', state: placed },
    { code: '10', name: 'Paiement à vérifier', state: placed },
    { code: '11', name: 'En attente de réapprovisionnement', state: placed },
    { code: '20', name: 'À préparer', state: paid },
    { code: '25', name: 'En préparation', state: paid },
    { code: '29', name: 'Expédiée en partie', state: partShipped },
    { code: '30', name: 'Expédiée', state: shipped },
    { code: '35', name: 'Livrée', state: shipped },
    { code: '46', name: 'Remboursée', state: cancelled },
    { code: '50', name: 'Annulée', state: cancelled },
  ],
};
