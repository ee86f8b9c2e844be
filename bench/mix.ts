/** The mix of bench/mix.json as v1 calls: the bytes a shop's server would post. */
import { readFileSync } from 'node:fs';
import { shopId } from '#domain/ids.ts';
import type { Envelope } from '#intake/envelope.ts';

interface Mix {
  readonly people: number;
  readonly newOrder: number;
  readonly stateUpdate: number;
  readonly account: number;
  readonly optInChange: number;
  readonly repeat: number;
}

export const mix: Mix = JSON.parse(readFileSync(new URL('./mix.json', import.meta.url), 'utf8'));

/** Calls about the people of one shop; `people` grows with each new one. */
export class MixedShop {
  readonly #shop: number;
  readonly #random: () => number;
  #people = 0;
  #last: { format: string; raw: Buffer } | null = null;

  constructor(shop: number) {
    this.#shop = shop;
    this.#random = sequence(shop);
  }

  /** A new order of a new person. */
  fill(at: number): Envelope {
    return this.#envelope(at, this.#newOrder());
  }

  next(at: number): Envelope {
    const share = this.#random();
    if (share < mix.newOrder) return this.#envelope(at, this.#newOrder());
    const person = Math.floor(this.#random() * this.#people);
    if (share < mix.newOrder + mix.stateUpdate) return this.#envelope(at, order('UpdateOrder', this.#shop, person, 20));
    if (share < mix.newOrder + mix.stateUpdate + mix.account) return this.#envelope(at, account(this.#shop, person, 1));
    if (share < 1 - mix.repeat) return this.#envelope(at, account(this.#shop, person, this.#random() < 0.5 ? 0 : 1));
    return this.#envelope(at, this.#last ?? this.#newOrder());
  }

  #newOrder(): { format: string; raw: Buffer } {
    return order('CreateOrder', this.#shop, this.#people++, 10);
  }

  #envelope(at: number, call: { format: string; raw: Buffer }): Envelope {
    this.#last = call;
    return {
      shopId: shopId(this.#shop),
      format: call.format,
      arrivedAt: at,
      source: { kind: 'server' },
      pageHost: null,
      mayRead: true,
      test: false,
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'PHP' },
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: call.raw,
    };
  }
}

function person(shop: number, n: number): string {
  return (
    `data%5Bcustomer_email%5D=person${n}.of${shop}%40example.com&data%5Bcustomer_name%5D=Durand${n % 977}&data%5Bcustomer_firstname%5D=Camille` +
    `&data%5Bcustomer_address%5D=${n % 99}+rue+de+la+Paix&data%5Bcustomer_cp%5D=75002&data%5Bcustomer_city%5D=Paris&data%5Bcustomer_country%5D=FR` +
    `&data%5Bcustomer_mobile%5D=06${String(n).padStart(8, '0')}`
  );
}

function order(method: 'CreateOrder' | 'UpdateOrder', shop: number, n: number, state: number) {
  const raw =
    `${person(shop, n)}&data%5Bcustomer_isoptin%5D=1&data%5Border_idorder%5D=B${n}&data%5Border_amount%5D=${(n % 20_000) / 100}` +
    `&data%5Border_state%5D=${state}&data%5Bdate%5D=2026-03-01+10%3A00%3A00&data%5Baction%5D=order&request%5Border_idorder%5D=B${n}`;
  return { format: `v1/${method}`, raw: Buffer.from(raw) };
}

function account(shop: number, n: number, optIn: 0 | 1) {
  return {
    format: 'v1/UpdateAccount',
    raw: Buffer.from(`${person(shop, n)}&data%5Bexternal_id%5D=${n}&data%5Bcustomer_isoptin%5D=${optIn}`),
  };
}

/** Repeatable numbers from 0 to 1 (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
