/** Announcements in the words of outgoing webhooks (docs/wire/webhooks.md). No name, no postal address: the receiver can ask for them. */
import type { CartData, ConsentData, OrderData, WebhookMessage, WebhookProfile } from '#contract/webhook-events.ts';
import type { Announcement } from '#domain/announcement.ts';
import type { Cart } from '#domain/cart.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Order } from '#domain/order.ts';
import type { Profile } from '#domain/profile.ts';
import type { BasisDefinition } from '#domain/settings.ts';
import type { HistoryRow } from '#domain/world-rows.ts';

/** Characters of a cart's items and data; beyond, they are left out. */
const mostCart = 40_000;

export function writeMessage(shop: ShopId, announced: Announcement): WebhookMessage {
  const timestamp = iso(announced.at);
  switch (announced.kind) {
    case 'consent.accepted':
    case 'consent.refused':
    case 'consent.to_confirm':
    case 'consent.updated': {
      const data = consentData(shop, announced.profile, announced.basis, announced.move);
      return { type: announced.kind, timestamp, data };
    }
    case 'order.validated':
    case 'order.cancelled':
    case 'order.refunded':
      return { type: announced.kind, timestamp, data: orderData(shop, announced.order, announced.profile) };
    case 'profile.created':
      return { type: announced.kind, timestamp, data: { shop, profile: profileOf(announced.profile) } };
    case 'cart.abandoned':
      return { type: announced.kind, timestamp, data: cartData(shop, announced.cart, announced.profile) };
  }
}

function consentData(shop: ShopId, profile: Profile, basis: BasisDefinition, move: HistoryRow): ConsentData {
  const { id, techName, name, kind, purposes } = basis;
  return {
    shop,
    profile: profileOf(profile),
    basis: { id, techName, name, kind, channels: [...move.channels], purposes: [...purposes] },
    status: move.to,
    previousStatus: move.from,
    cause: move.cause,
    at: iso(move.at),
  };
}

function orderData(shop: ShopId, order: Order, profile: Profile | null): OrderData {
  const { id, namespace, key, number, payment, fulfilment, cancelled, validated } = order;
  const { currency, totalMinor, refundedMinor, netMinor } = order;
  return {
    shop,
    order: {
      ...{ id, namespace, key, number, placedAt: iso(order.placedAt), payment, fulfilment, cancelled, validated },
      ...{ currency, totalMinor, refundedMinor, netMinor },
    },
    profile: profile === null ? null : profileOf(profile),
  };
}

function cartData(shop: ShopId, cart: Cart, profile: Profile | null): CartData {
  const items =
    cart.items?.map(({ key, sku, name, quantity, unit }) => ({
      ...{ key, sku, name, quantity },
      unitAmount: unit?.amount ?? null,
    })) ?? null;
  const cut = JSON.stringify([items, cart.data]).length > mostCart;
  return {
    shop,
    cart: {
      key: cart.key,
      currency: cart.currency,
      totalMinor: cart.totalMinor,
      count: cart.count,
      items: cut ? null : items,
      data: cut ? {} : { ...cart.data },
      cut,
      updatedAt: iso(cart.at),
    },
    profile: profile === null ? null : profileOf(profile),
  };
}

function profileOf(profile: Profile): WebhookProfile {
  return {
    id: profile.id,
    externalIds: profile.externalIds.map(({ namespace, value }) => ({ namespace, value })),
    email: profile.email,
    emailClaimed: profile.emailRank === 1,
    mobile: profile.mobileE164,
    createdAt: iso(profile.createdAt),
  };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
