/** Order states as exports and people write them, in our words. */
import type { StatedState } from '#domain/facts.ts';

/** The words a merchant may choose from for a value nobody knows. */
export const stateWords = ['placed', 'authorised', 'paid', 'shipped', 'cancelled'] as const;
export type StateWord = (typeof stateWords)[number];

const states: Readonly<Record<StateWord, StatedState>> = {
  placed: { payment: 'none', fulfilment: 'none', cancelled: false },
  authorised: { payment: 'authorised', fulfilment: 'none', cancelled: false },
  paid: { payment: 'paid', fulfilment: 'none', cancelled: false },
  shipped: { payment: 'paid', fulfilment: 'shipped', cancelled: false },
  cancelled: { payment: 'none', fulfilment: 'none', cancelled: true },
};

const spellings: Readonly<Record<StateWord, readonly string[]>> = {
  placed: [
    ...[
      'placed',
      'enregistré',
      'enregistrée',
      'enregistre',
      'pending',
      'pending payment',
      'on-hold',
      'on hold',
      'new',
      'open',
      'unpaid',
    ],
    ...[
      'en attente',
      'en attente de paiement',
      'attente paiement',
      'non payé',
      'non payée',
      'nouvelle',
      'pending_payment',
      'holded',
    ],
    ...['en attente du paiement par chèque', 'en attente de virement bancaire', 'awaiting_payment', 'awaiting payment'],
  ],
  authorised: ['authorised', 'authorized', 'autorisé', 'autorisée', 'paiement autorisé'],
  paid: [
    ...[
      'paid',
      'payé',
      'payée',
      'paye',
      'processing',
      'en cours',
      'paiement accepté',
      'payment accepted',
      'partially refunded',
    ],
    ...['partially_refunded', 'en cours de préparation', 'en préparation', 'à préparer', 'processing in progress'],
    ...['paiement à distance accepté', 'remote payment accepted', 'remboursée en partie', 'partiellement remboursé'],
  ],
  shipped: [
    ...[
      'shipped',
      'completed',
      'complete',
      'delivered',
      'fulfilled',
      'expédié',
      'expédiée',
      'terminé',
      'terminée',
      'livré',
      'livrée',
    ],
    ...['envoyé', 'envoyée'],
  ],
  cancelled: [
    ...[
      'cancelled',
      'canceled',
      'refunded',
      'failed',
      'voided',
      'expired',
      'annulé',
      'annulée',
      'annule',
      'remboursé',
      'remboursée',
    ],
    ...['échouée', 'erreur de paiement', 'payment error', 'closed', 'denied', 'trash'],
  ],
};

const known = new Map(
  stateWords.flatMap((word) => spellings[word].map((spelling) => [spelling, states[word]] as const)),
);
/** SPREAD's codes, which every shop's settings map (rules §3.2). */
const codes = new Set(['0', '10', '20', '50']);

/** `said`: what the merchant decided for values of this file; null: nobody knows the value. */
export function stateOf(text: string, said: Readonly<Record<string, string>>): StatedState | null {
  const label = text.trim().toLowerCase();
  const chosen = Object.hasOwn(said, label) ? stateWords.find((word) => word === said[label]) : undefined;
  if (chosen !== undefined) return states[chosen];
  if (codes.has(label)) return { code: label };
  return known.get(label.startsWith('wc-') ? label.slice(3) : label) ?? null;
}
