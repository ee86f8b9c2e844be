import type { FastifyReply } from 'fastify';
import type { Keys } from '#store/secret.ts';
import type { ShopKey } from '#store/shop-key.ts';
import { type KeyRing, privateKeyMatches } from './key-ring.ts';

export interface Basic {
  readonly name: string;
  readonly password: string;
}

/** The two halves of an `Authorization: Basic` header; null when there is none or it is garbage. */
export function readBasic(header: string | undefined): Basic | null {
  const match = /^basic +([A-Za-z0-9+/_=-]{1,2000}) *$/i.exec(header ?? '');
  if (match?.[1] === undefined) return null;
  const text = Buffer.from(match[1], 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** The pair whose halves these are; null: none. */
export async function authenticate(basic: Basic | null, ring: KeyRing, keys: Keys): Promise<ShopKey | null> {
  if (basic === null) return null;
  const pair = ring.find(basic.name) ?? (await ring.findAgain(basic.name));
  return privateKeyMatches(keys, pair, basic.password) ? pair : null;
}

/** PHP's CURLAUTH_ANY sends the body once without credentials and again only after this challenge (legacy wire §2.2). */
export function challenge(reply: FastifyReply): FastifyReply {
  return reply.code(401).header('www-authenticate', 'Basic realm="spread", charset="UTF-8"');
}
