/** The mix of bench/mix.json, as calls of a shop's server or of its pages. */
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

export type MixedCall =
  | { readonly kind: 'order'; readonly isNew: boolean; readonly person: number; readonly state: 10 | 20 }
  | { readonly kind: 'account'; readonly person: number; readonly optIn: 0 | 1 };

/** Calls about the people of one shop; `people` grows with each new one. */
export class MixedShop {
  readonly #shop: number;
  readonly #random: () => number;
  #people = 0;
  #last: MixedCall | null = null;

  constructor(shop: number) {
    this.#shop = shop;
    this.#random = sequence(shop);
  }

  /** A new order of a new person. */
  newOrder(): MixedCall {
    this.#last = { kind: 'order', isNew: true, person: this.#people++, state: 10 };
    return this.#last;
  }

  next(): MixedCall {
    const share = this.#random();
    if (share < mix.newOrder || this.#people === 0 || this.#last === null) return this.newOrder();
    if (share >= 1 - mix.repeat) return this.#last;
    const person = Math.floor(this.#random() * this.#people);
    const optIn = share < mix.newOrder + mix.stateUpdate + mix.account || this.#random() < 0.5 ? 1 : 0;
    this.#last =
      share < mix.newOrder + mix.stateUpdate
        ? { kind: 'order', isNew: false, person, state: 20 }
        : { kind: 'account', person, optIn };
    return this.#last;
  }

  /** As the v1 door appends it. */
  envelope(call: MixedCall, at: number): Envelope {
    return {
      shopId: shopId(this.#shop),
      format: `v1/${methodOf(call)}`,
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
      raw: Buffer.from(v1Body(this.#shop, call)),
    };
  }

  /** The request of a shop's server. */
  v1Request(call: MixedCall, authorization: string): string {
    const body = v1Body(this.#shop, call);
    return (
      `POST /api/${methodOf(call)} HTTP/1.1\r\nHost: bench\r\nUser-Agent: PHP\r\nAuthorization: ${authorization}\r\n` +
      `Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
    );
  }

  /** The request of a shop's page. */
  trackRequest(call: MixedCall, publicKey: string): string {
    const of = { ...personOf(this.#shop, call.person), ...stateOf(call), site: publicKey, source: 'tracker-js' };
    return `GET /track?${new URLSearchParams(of)} HTTP/1.1\r\nHost: bench\r\nOrigin: https://shop.example\r\nUser-Agent: bench\r\n\r\n`;
  }
}

function methodOf(call: MixedCall): 'CreateOrder' | 'UpdateOrder' | 'UpdateAccount' {
  if (call.kind === 'account') return 'UpdateAccount';
  return call.isNew ? 'CreateOrder' : 'UpdateOrder';
}

function personOf(shop: number, n: number): Record<string, string> {
  return {
    email: `person${n}.of${shop}@example.com`,
    name: `Durand${n % 977}`,
    firstname: 'Camille',
    address: `${n % 99} rue de la Paix`,
    cp: '75002',
    city: 'Paris',
    country: 'FR',
    mobile: `06${String(n).padStart(8, '0')}`,
  };
}

function stateOf(call: MixedCall): Record<string, string> {
  if (call.kind === 'account') return { action: 'signup', optin: String(call.optIn) };
  const amount = ((call.person % 20_000) / 100).toFixed(2);
  return { action: 'order', optin: '1', idorder: `B${call.person}`, amount, state: String(call.state) };
}

function v1Body(shop: number, call: MixedCall): string {
  const { person } = call;
  const fields = Object.entries(personOf(shop, person)).map(([name, value]): [string, string] => [
    `data[customer_${name}]`,
    value,
  ]);
  if (call.kind === 'account') {
    fields.push(['data[external_id]', String(person)], ['data[customer_isoptin]', String(call.optIn)]);
  } else {
    const amount = String((person % 20_000) / 100);
    fields.push(
      ['data[customer_isoptin]', '1'],
      ['data[order_idorder]', `B${person}`],
      ['data[order_amount]', amount],
      ['data[order_state]', String(call.state)],
      ['data[date]', '2026-03-01 10:00:00'],
      ['data[action]', 'order'],
      ['request[order_idorder]', `B${person}`],
    );
  }
  return new URLSearchParams(fields).toString();
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
