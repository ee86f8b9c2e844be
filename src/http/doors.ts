import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { Settler } from '#intake/settle.ts';
import type { Keys } from '#store/secret.ts';
import type { ConnectionRing } from './connection-ring.ts';
import type { ConnectionUses } from './connection-uses.ts';
import { sendError } from './errors.ts';
import type { KeyRing } from './key-ring.ts';
import type { KeyUses } from './key-uses.ts';
import { type AddressLimit, type CallLimit, retrySeconds, type ShopBudget } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { PageSightings } from './page-sightings.ts';
import type { TokenCache } from './token-cache.ts';
import type { Visits } from './visits.ts';
import type { WrongKeys } from './wrong-keys.ts';

/** What every door shares. */
export interface Doors {
  readonly keys: Keys;
  readonly ring: KeyRing;
  readonly keyUses: KeyUses;
  /** Stores that deliver by themselves. */
  readonly connections: ConnectionRing;
  readonly connectionUses: ConnectionUses;
  readonly engine: IntakeEngine;
  readonly settler: Settler;
  readonly metrics: Metrics;
  readonly addresses: AddressLimit;
  /** Calls of a shop's pages. */
  readonly shopCalls: CallLimit;
  /** Calls with a pair of keys. */
  readonly keyCalls: CallLimit;
  /** Calls of a shop that cannot mean anything. */
  readonly unusableCalls: CallLimit;
  readonly wrongKeys: WrongKeys;
  readonly publicBudget: ShopBudget;
  readonly keyedBudget: ShopBudget;
  readonly tokens: TokenCache;
  readonly visits: Visits;
  readonly pages: PageSightings;
  readonly log: Logger;
  readonly now: () => Instant;
}

/** 404, 401, 413 and 429 are counted and leave no trace of the call. */
export function refuse(doors: Doors, request: FastifyRequest, reply: FastifyReply, refusal: Refusal): FastifyReply {
  const [status, code, message] = refusals[refusal];
  doors.metrics.refused(code, request.routeOptions.url ?? 'none');
  if (status === 429) reply.header('retry-after', String(retryAfter(doors, refusal)));
  // A body that may not end, or is long, is not waited for: the connection closes with the answer.
  if (isLong(request)) reply.header('connection', 'close');
  return sendError(reply, status, code, message);
}

/**
 * Counts a call that cannot mean anything against its shop, before it is recorded: a shop that sends nothing else may not take the place
 * of those that do. False when that was too many and the answer is sent.
 */
export function countUnusable(doors: Doors, request: FastifyRequest, reply: FastifyReply, shopId: ShopId): boolean {
  if (doors.unusableCalls.take(shopId, doors.now())) return true;
  refuse(doors, request, reply, 'unusable');
  return false;
}

/** What a public key opens no door with: one that has ended is told so. */
export function refuseSite(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  publicKey: string,
): FastifyReply {
  return refuse(doors, request, reply, doors.ring.findEnded(publicKey) === null ? 'site' : 'ended');
}

/** Bodies up to this long are read over, so that the connection can be used again: PHP comes back on it. */
const passedOver = 2 * 1024 * 1024;

function isLong(request: FastifyRequest): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  return request.body === undefined && (encoding !== undefined || Number(length ?? 0) > passedOver);
}

/** Seconds. */
function retryAfter(doors: Doors, refusal: Refusal): number {
  const now = doors.now();
  switch (refusal) {
    case 'budget':
      return Math.ceil((dayMs - (now % dayMs)) / 1000);
    case 'wrongKeys':
      return doors.wrongKeys.retrySeconds(now);
    default:
      return retrySeconds;
  }
}

const dayMs = 86_400_000;

export type Refusal = keyof typeof refusals;

const refusals = {
  source: [
    404,
    'source.unknown',
    'No store is connected under this address; the Tracker page of the shop shows the right one.',
  ],
  signature: [
    401,
    'signature.wrong',
    'The signature does not match: sign the raw bytes with the secret the Tracker page shows for this connection.',
  ],
  site: [404, 'site.unknown', 'No shop has this public key.'],
  ended: [401, 'keys.ended', 'This pair of keys has ended: use the one that stands on the Tracker page of the shop.'],
  keys: [401, 'keys.wrong', 'Send the public and the private key as Basic authorization.'],
  mayWrite: [403, 'keys.read_only', 'This pair of keys may not write.'],
  mayRead: [403, 'keys.write_only', 'This pair of keys may not read.'],
  address: [429, 'too_many', 'Too many calls from this address; wait a little.'],
  shop: [429, 'too_many_of_shop', 'This shop sends more calls than it may; wait a little.'],
  key: [429, 'too_many_of_key', 'This pair of keys sends more calls than it may; wait a little.'],
  unusable: [
    429,
    'too_many_unusable',
    'This shop sends too many calls that cannot be used; the verification screen shows why those before were not.',
  ],
  wrongKeys: [429, 'keys.guessed', 'Too many wrong keys from this address; wait a minute.'],
  budget: [429, 'budget', 'This shop has sent more than a day may carry.'],
} as const;
