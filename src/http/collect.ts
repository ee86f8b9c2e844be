import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IngestAnswer } from '#contract/ingest.ts';
import { isDeclaredBot } from '#domain/bots.ts';
import type { Instant } from '#domain/facts.ts';
import type { Envelope } from '#intake/envelope.ts';
import type { JournalKey } from '#intake/settle.ts';
import type { ShopKey } from '#store/shop-key.ts';
import { mintToken, renewalDue, tokenStands } from '#store/token.ts';
import { type CollectBody, type CollectPiece, splitBody } from '#wire/collect/body.ts';
import { decodeEvent, isEventId } from '#wire/collect/decode.ts';
import { keptHeaders, pageHost, personIp } from './arrival.ts';
import { countUnusable, type Doors, refuse, refuseSite } from './doors.ts';
import { sendError } from './errors.ts';
import { admit, countShop } from './public-gate.ts';
import { findParameter, queryOf } from './query.ts';

const publicBodyLimit = 64 * 1024;
const eventsOfPage = 100;
const nothing = new Uint8Array();

type Result = IngestAnswer['results'][number];

export interface CollectOptions {
  /** Host of the collector itself: a page it reaches under another host has it proxied under the shop's own origin. */
  readonly ownHost: string | null;
}

/**
 * `POST /collect?key=<public key>` (docs/wire/collect.md): events of a page, one or a batch, JSON whatever the content type says. 200
 * with a result for each; 400 when the body is no such thing (recorded all the same); 404, 413, 429, 503 as every public door.
 */
export function collectRoutes(app: FastifyInstance, doors: Doors, options: CollectOptions): void {
  app.route({
    method: 'POST',
    url: '/collect',
    bodyLimit: publicBodyLimit,
    onRequest: (request, reply, done) => {
      // Without the second a page of another origin cannot see when to come again.
      reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' });
      if (admit(doors, request, reply, 'key')) done();
    },
    handler: (request, reply) => receivePage(doors, options, request, reply),
  });
  app.options('/collect', (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '86400',
      })
      .send(),
  );
}

async function receivePage(
  doors: Doors,
  options: CollectOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const arrivedAt = doors.now();
  const key = findParameter(queryOf(request.raw.url ?? ''), 'key') ?? '';
  const pair = doors.ring.find(key) ?? (await doors.ring.findAgain(key));
  if (pair === null || !pair.mayWrite) return refuseSite(doors, request, reply, key);
  if (!countShop(doors, request, reply, pair)) return reply;
  doors.keyUses.saw(pair, arrivedAt);
  const raw = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.publicBudget.take(pair.shopId, raw.byteLength, arrivedAt)) return refuse(doors, request, reply, 'budget');
  const envelope: Shared = {
    shopId: pair.shopId,
    format: 'collect',
    arrivedAt,
    source: { kind: 'browser' },
    pageHost: pageHost(request),
    mayRead: false,
    test: pair.test,
    headers: keptHeaders(request),
    ip: personIp(request),
    minted: null,
  };
  const body = splitBody(raw, eventsOfPage);
  if ('fault' in body) return recordUnreadable(doors, envelope, raw, body.fault, request, reply);
  const recorded = await record(doors, envelope, body, `page${pair.test ? '-test' : ''}:`);
  const results = recorded.map(({ result }) => result);
  const seen = results.some(({ status }) => status !== 'rejected');
  if (seen && !isDeclaredBot(request.headers['user-agent'])) {
    visit(doors, pair, body.token, arrivedAt);
    doors.pages.saw(pair.shopId, pair.test, arrivedAt, body.consent === 'banner');
  }
  const token = body.cookie && body.consent !== null ? tokenFor(doors, pair, body.token, arrivedAt) : null;
  const byHttp = token !== null && isProxied(request, options.ownHost);
  if (byHttp) reply.header('set-cookie', `sbt=${token}; Path=/; Max-Age=${tokenSeconds}; SameSite=Lax; Secure`);
  return send(reply, results, byHttp ? null : token);
}

/** What all events of one body share. */
export type Shared = Omit<Envelope, 'raw' | 'door' | 'deliveryKey'> & { readonly format: 'collect' | 'ingest' };

export interface Recorded {
  readonly result: Result;
  /** Where its outcome will stand; null: it was only counted. */
  readonly key: JournalKey | null;
}

/** One envelope an event; all of them are committed, or the call fails as a whole and comes again (its ids make that harmless). */
export function record(doors: Doors, shared: Shared, body: CollectBody, keyPrefix: string): Promise<Recorded[]> {
  return Promise.all(
    body.events.map(async (piece): Promise<Recorded> => {
      if (isCounted(piece)) {
        doors.metrics.counted(piece.type ?? 'page');
        return { result: { id: piece.id, status: 'counted' }, key: null };
      }
      const decoded = decodeEvent(shared.format, piece.said);
      const door = decoded.word === 'read' ? 'accepted' : 'rejected';
      const deliveryKey = isEventId(piece.id) ? keyPrefix + piece.id : null;
      const envelope = { ...shared, door, deliveryKey, raw: Buffer.from(piece.raw) } as const;
      const { seq, receivedAt } = await doors.engine.append(envelope, 'live');
      doors.metrics.appended(shared.format, door, doors.now() - shared.arrivedAt);
      const key = { shopId: shared.shopId, seq, receivedAt };
      if (decoded.word === 'read') return { result: { id: piece.id, status: 'recorded' }, key };
      const field = decoded.field === null ? {} : { field: decoded.field };
      return { result: { id: piece.id, status: 'rejected', reason: decoded.reason, ...field }, key };
    }),
  );
}

/** Pages and products seen are no facts about people: counters, and a visit of a verified token (house: visits). */
function isCounted({ type }: CollectPiece): boolean {
  return type === 'page' || type === 'product';
}

function visit(doors: Doors, pair: ShopKey, token: string | null, now: Instant): void {
  if (token === null || pair.test || doors.engine.pressure() >= 0.5) return;
  const known = doors.tokens.read(pair.shopId, token);
  if (known !== null && tokenStands(known.token, now, pair.tokensFrom))
    doors.visits.saw(pair.shopId, known.token.id, token);
}

const tokenSeconds = 93 * 86_400;

/** A new token where the visitor has none that stands, or its renewal is due; null: the browser keeps what it has. */
function tokenFor(doors: Doors, pair: ShopKey, value: string | null, now: Instant): string | null {
  const known = value === null ? null : doors.tokens.read(pair.shopId, value);
  if (known === null || !tokenStands(known.token, now, pair.tokensFrom))
    return mintToken(doors.keys, pair.shopId, 'sbt', now);
  return renewalDue(known.token, now)
    ? mintToken(doors.keys, pair.shopId, known.token.purpose, now, known.token)
    : null;
}

/** The shop's own server passed the call on: then a cookie set here is the shop's own (rules §6.5). */
function isProxied(request: FastifyRequest, ownHost: string | null): boolean {
  const { origin } = request.headers;
  if (ownHost === null || origin === undefined || !URL.canParse(origin)) return false;
  const { host } = new URL(origin);
  return host === request.host && host !== ownHost;
}

export async function recordUnreadable(
  doors: Doors,
  shared: Shared,
  raw: Uint8Array,
  reason: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (!countUnusable(doors, request, reply, shared.shopId)) return reply;
  await doors.engine.append({ ...shared, door: 'rejected', deliveryKey: null, raw }, 'live');
  doors.metrics.appended(shared.format, 'rejected', doors.now() - shared.arrivedAt);
  return sendError(reply, 400, reason, `The call was recorded, but it cannot be used: ${reason}.`, 'events');
}

function send(reply: FastifyReply, results: readonly Result[], token: string | null): FastifyReply {
  return reply
    .type('application/json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify(token === null ? { results } : { token, results }));
}
