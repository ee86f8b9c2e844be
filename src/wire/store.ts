/** Connected stores: which platforms there are, what is kept of what they send, and what it says. */

import type { Reason } from '#domain/reasons.ts';
import type { Decoded } from './decoded.ts';
import { decodeEverShop, keepEverShop } from './evershop/decode.ts';
import type { Json } from './json.ts';
import { decodeMagento } from './magento/decode.ts';
import { keepMagento } from './magento/keep.ts';
import { decodeOpenCart, keepOpenCart } from './opencart/decode.ts';
import { decodePrestaShop } from './prestashop/decode.ts';
import { keepPrestaShop } from './prestashop/keep.ts';
import { readXml } from './prestashop/xml.ts';
import { parseExact, readShopItem, readVerdict, type ShopItem } from './shop-item.ts';
import { decodeShopify } from './shopify/decode.ts';
import { keepShopify } from './shopify/keep.ts';
import { decodeSylius, keepSylius } from './sylius/decode.ts';
import { utf8 } from './text.ts';
import { decodeWooCommerce } from './woocommerce/decode.ts';
import { keepWooCommerce } from './woocommerce/keep.ts';

interface Store {
  /** The fields that are kept of a topic's object; null: nothing of that topic is. */
  readonly keep: (topic: string, body: Json) => Json;
  readonly decode: (item: ShopItem) => Decoded;
}

const stores = {
  woocommerce: { keep: keepWooCommerce, decode: decodeWooCommerce },
  prestashop: { keep: keepPrestaShop, decode: decodePrestaShop },
  shopify: { keep: keepShopify, decode: decodeShopify },
  magento1: { keep: keepMagento, decode: decodeMagento },
  magento2: { keep: keepMagento, decode: decodeMagento },
  opencart: { keep: keepOpenCart, decode: decodeOpenCart },
  sylius: { keep: keepSylius, decode: decodeSylius },
  evershop: { keep: keepEverShop, decode: decodeEverShop },
} as const satisfies Record<string, Store>;

export type StorePlatform = keyof typeof stores;

export function isStorePlatform(name: string): name is StorePlatform {
  return Object.hasOwn(stores, name);
}

/** The object of a delivery, as its platform writes it: JSON, or PrestaShop's XML; with what is kept of it. */
export function readStoreObject(
  platform: StorePlatform,
  topic: string,
  raw: Uint8Array,
): { readonly value: Json; readonly kept: Json } | { readonly fault: Reason } {
  const xml = platform === 'prestashop' && raw[0] === 0x3c ? readXml(utf8(raw) ?? '') : null;
  const read = xml === null ? parseExact(raw) : { value: xml };
  return 'fault' in read ? read : { value: read.value, kept: keepStoreObject(platform, topic, read.value) };
}

/** Most objects of one item. */
const mostObjects = 500;

/** What is kept of an object, or of each of a list. */
export function keepStoreObject(platform: StorePlatform, topic: string, body: Json): Json {
  const { keep } = stores[platform];
  return Array.isArray(body) ? body.slice(0, mostObjects).map((one: Json) => keep(topic, one)) : keep(topic, body);
}

/** Stored raw bytes, as `writeShopItem` makes them. */
export function decodeStore(platform: StorePlatform, raw: Uint8Array): Decoded {
  const verdict = readVerdict(raw);
  if (verdict !== null) return { ...verdict, field: null };
  const item = readShopItem(raw);
  if ('fault' in item) return { word: 'unreadable', reason: item.fault, field: null };
  if (item.topic === 'ping') return { word: 'ignored', reason: 'wire.states_nothing', field: null };
  const { decode } = stores[platform];
  const { body } = item;
  const decoded = Array.isArray(body)
    ? decodeList(body.map((one: Json) => decode({ ...item, body: one })))
    : decode(item);
  return item.token === null ? decoded : withToken(decoded, item.token);
}

function withToken(decoded: Decoded, token: string): Decoded {
  if (decoded.word !== 'read') return decoded;
  const facts = decoded.facts.map((fact) => ('person' in fact ? { ...fact, person: { ...fact.person, token } } : fact));
  return { ...decoded, facts };
}

/** The first object that cannot mean anything refuses the list; those that state nothing are left out. */
function decodeList(list: readonly Decoded[]): Decoded {
  const refused = list.find(({ word }) => word === 'rejected' || word === 'unreadable');
  if (refused !== undefined) return refused;
  const read = list.filter((one) => one.word === 'read');
  if (read.length === 0) return list[0] ?? { word: 'ignored', reason: 'wire.states_nothing', field: null };
  return { word: 'read', facts: read.flatMap(({ facts }) => facts), notes: read.flatMap(({ notes }) => notes) };
}
