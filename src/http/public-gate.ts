import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ShopKey } from '#store/shop-key.ts';
import { type Doors, refuse } from './doors.ts';
import { findParameter, queryOf } from './query.ts';

/** The pair whose shop's share a call was counted against, before its body was read. */
declare module 'fastify' {
  interface FastifyRequest {
    counted: ShopKey | null;
  }
}

/**
 * Limits of a public door, before the body is read: the address, and the shop whose public key stands in the query under `name`. False
 * when the answer is sent. A key that stands elsewhere or is not known yet is counted by `countShop`.
 */
export function admit(doors: Doors, request: FastifyRequest, reply: FastifyReply, name: string): boolean {
  const now = doors.now();
  if (!doors.addresses.take(request.ip, now)) {
    refuse(doors, request, reply, 'address');
    return false;
  }
  const pair = doors.ring.find(findParameter(queryOf(request.raw.url ?? ''), name) ?? '');
  return pair === null || countShop(doors, request, reply, pair);
}

/** Counts a call once against the shop it turned out to be for; false when that was too many and the answer is sent. */
export function countShop(doors: Doors, request: FastifyRequest, reply: FastifyReply, pair: ShopKey): boolean {
  if (request.counted?.shopId === pair.shopId) return true;
  request.counted = pair;
  if (doors.shopCalls.take(pair.shopId, doors.now())) return true;
  refuse(doors, request, reply, 'shop');
  return false;
}
