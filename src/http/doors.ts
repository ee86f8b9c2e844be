import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import type { Instant } from '#domain/facts.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { Settler } from '#intake/settle.ts';
import type { Keys } from '#store/secret.ts';
import { sendError } from './errors.ts';
import type { KeyRing } from './key-ring.ts';
import type { AddressLimit, ShopBudget } from './limits.ts';
import type { Metrics } from './metrics.ts';
import type { PageSightings } from './page-sightings.ts';
import type { TokenCache } from './token-cache.ts';
import type { Visits } from './visits.ts';

/** What every door shares. */
export interface Doors {
  readonly keys: Keys;
  readonly ring: KeyRing;
  readonly engine: IntakeEngine;
  readonly settler: Settler;
  readonly metrics: Metrics;
  readonly addresses: AddressLimit;
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
  if (status === 429) reply.header('retry-after', refusal === 'budget' ? '3600' : '10');
  return sendError(reply, status, code, message);
}

export type Refusal = keyof typeof refusals;

const refusals = {
  site: [404, 'site.unknown', 'No shop has this public key.'],
  keys: [401, 'keys.wrong', 'Send the public and the private key as Basic authorization.'],
  mayWrite: [403, 'keys.read_only', 'This pair of keys may not write.'],
  mayRead: [403, 'keys.write_only', 'This pair of keys may not read.'],
  address: [429, 'too_many', 'Too many calls from this address; wait a little.'],
  budget: [429, 'budget', 'This shop has sent more than a day may carry.'],
} as const;
