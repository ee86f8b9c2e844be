import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { IngestAnswer } from '#contract/ingest.ts';
import type { Settled } from '#intake/settle.ts';
import type { ShopKey } from '#store/shop-key.ts';
import { toEffects } from '#views/verification.ts';
import { splitBody } from '#wire/collect/body.ts';
import { keptHeaders } from './arrival.ts';
import { challenge } from './basic-auth.ts';
import { type Recorded, record, recordUnreadable, type Shared } from './collect.ts';
import { type Doors, refuse } from './doors.ts';
import { answerOnce, type Worked } from './idempotency.ts';
import { keyedRoute } from './keyed-call.ts';

const mostEvents = 1000;
const nothing = new Uint8Array();
/** Longest that `Prefer: wait` waits for outcomes, in seconds. */
const longestWait = 10;

type Result = IngestAnswer['results'][number];

/**
 * `POST /ingest` (docs/wire/collect.md): events of a shop's server, one or a batch, behind its pair of keys. `Idempotency-Key` answers a
 * repeat as the first time; `Prefer: wait=<seconds>` waits for what became of each event, up to ten seconds.
 */
export function ingestRoute(app: FastifyInstance, doors: Doors, { pool }: { readonly pool: Pool }): void {
  app.route({
    method: 'POST',
    url: '/ingest',
    ...keyedRoute(doors),
    handler: (request, reply) => receive(doors, pool, request, reply),
  });
}

async function receive(doors: Doors, pool: Pool, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { pair } = request;
  if (pair === null) return refuse(doors, request, challenge(reply), 'keys');
  const raw = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.keyedBudget.take(pair.shopId, raw.byteLength, doors.now())) return refuse(doors, request, reply, 'budget');
  return answerOnce({ doors, pool }, pair, request, reply, raw, () => answer(doors, pair, request, reply, raw));
}

async function answer(
  doors: Doors,
  pair: ShopKey,
  request: FastifyRequest,
  reply: FastifyReply,
  raw: Uint8Array,
): Promise<Worked> {
  const shared: Shared = {
    shopId: pair.shopId,
    format: 'ingest',
    arrivedAt: doors.now(),
    source: { kind: 'api' },
    pageHost: null,
    mayRead: pair.mayRead,
    test: pair.test,
    headers: keptHeaders(request),
    ip: null,
    minted: null,
  };
  const body = splitBody(raw, mostEvents);
  if ('fault' in body) {
    const { fault } = body;
    return { refuse: () => recordUnreadable(doors, shared, raw, fault, request, reply) };
  }
  const recorded = await record(doors, shared, body, `api${pair.test ? '-test' : ''}:`);
  const seconds = waitOf(request);
  if (seconds === null) return { answer: { results: recorded.map(({ result }) => result) } };
  reply.header('preference-applied', `wait=${seconds}`);
  const types = body.events.map(({ type }) => type ?? '');
  const results = await Promise.all(recorded.map((one, place) => outcomeOf(doors, one, types[place] ?? '', seconds)));
  return { answer: { results } };
}

/** RFC 7240; null: the answer is not to wait. */
function waitOf(request: FastifyRequest): number | null {
  const said = request.headers.prefer;
  const seconds = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,4})/i.exec(Array.isArray(said) ? said.join(',') : (said ?? ''))?.[1];
  return seconds === undefined ? null : Math.min(Number(seconds), longestWait);
}

async function outcomeOf(doors: Doors, { result, key }: Recorded, type: string, seconds: number): Promise<Result> {
  if (key === null || result.status !== 'recorded') return result;
  const settled = await doors.settler.settle(key, seconds * 1000);
  if (settled === null) return result;
  const [reason] = settled.reasons;
  return { id: result.id, status: statusOf(settled, type), ...(reason === undefined ? {} : { reason }) };
}

function statusOf({ outcome, effects }: Settled, type: string): Result['status'] {
  const { order, profile, cart } = toEffects(effects);
  switch (outcome) {
    case 'unchanged':
    case 'ignored':
      return outcome;
    case 'rejected':
    case 'unreadable':
      return 'rejected';
    // our fault: it is kept and taken up again
    case 'failed':
      return 'recorded';
    default: {
      const created =
        type === 'order'
          ? order?.created === true
          : type === 'cart'
            ? cart?.before === null
            : profile?.created === true;
      return created ? 'created' : 'updated';
    }
  }
}
