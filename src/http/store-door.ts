import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Reason } from '#domain/reasons.ts';
import type { KnownConnection } from '#store/connection.ts';
import { openConnectionSecrets } from '#store/connection.ts';
import type { Database } from '#store/tables.ts';
import { decode } from '#wire/decode.ts';
import type { Decoded } from '#wire/decoded.ts';
import { writeIgnored, writeRefusal, writeShopItem } from '#wire/shop-item.ts';
import { isStorePlatform, type StorePlatform } from '#wire/store.ts';
import { instantIn, readDelivered, readDelivery, type SignedDelivery } from '#wire/store-delivery.ts';
import { keptHeaders } from './arrival.ts';
import { type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { CallLimit } from './limits.ts';
import { answerPrivacy, type PrivacyParts } from './store-privacy.ts';
import { clockMs, isFresh, isSignedBy } from './store-signature.ts';
import { sendUnusable } from './v1.ts';

const bodyLimit = 8 * 1024 * 1024;
const nothing = new Uint8Array();
/** Refused deliveries of a connection that are written down a second; the rest is counted. */
const refusalsPerSecond = 1;

/**
 * `POST /ingest/<source>` (docs/wire/envelope.md): webhooks of WooCommerce and Shopify as those platforms send them, and plugins' envelopes.
 * 200 once it is committed, whatever was made of a platform's own webhook: it would be disabled for anything else. 401 leaves an outcome
 * without its body.
 */
export function storeDoor(
  app: FastifyInstance,
  doors: Doors,
  parts: { readonly db: Kysely<Database>; readonly pool: Pool },
): void {
  const refusals = new CallLimit(refusalsPerSecond);
  app.decorateRequest('connection', null);
  app.route<{ Params: { source: string } }>({
    method: 'POST',
    url: '/ingest/:source',
    bodyLimit,
    onRequest: async (request, reply) => {
      const { source } = request.params;
      if (!doors.wrongKeys.mayTry(request.ip, source, doors.now())) return refuse(doors, request, reply, 'wrongKeys');
      const connection = await doors.connections.find(source);
      if (connection === null)
        return refuse(doors, request, reply, doors.addresses.take(request.ip, doors.now()) ? 'source' : 'address');
      request.connection = connection;
    },
    handler: (request, reply) => receive(doors, { ...parts, doors }, refusals, request, reply),
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** The connected store a request names. */
    connection: KnownConnection | null;
  }
}

async function receive(
  doors: Doors,
  parts: PrivacyParts,
  refusals: CallLimit,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { connection } = request;
  const now = doors.now();
  if (connection === null || !isStorePlatform(connection.platform)) return refuse(doors, request, reply, 'source');
  const raw = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.keyedBudget.take(connection.shopId, raw.byteLength, now)) return refuse(doors, request, reply, 'budget');
  const delivery = readDelivery(connection.platform, request.headers, raw);
  if (delivery?.kind === 'ping') {
    doors.connectionUses.saw(connection, { what: 'ping' }, now);
    return send(reply, { status: 'pong' });
  }
  const secrets = openConnectionSecrets(doors.keys, connection, now);
  const signed = delivery !== null && isSignedBy(secrets, delivery, raw);
  if (!signed || !isFresh(delivery, now)) {
    const why = signed ? 'wire.timestamp_stale' : 'wire.signature_wrong';
    doors.connectionUses.saw(connection, { what: 'refused', why }, now);
    if (refusals.take(connection.id, now))
      await append(doors, connection, connection.platform, request, {
        text: writeRefusal(why),
        key: null,
        word: 'rejected',
      });
    if (signed) return sendStale(doors, reply);
    await doors.wrongKeys.wrong(request.ip, connection.source, now);
    return refuse(doors, request, reply, 'signature');
  }
  doors.wrongKeys.proved(request.ip, connection.source);
  return take(doors, parts, connection, connection.platform, delivery, raw, request, reply);
}

async function take(
  doors: Doors,
  parts: PrivacyParts,
  connection: KnownConnection,
  platform: StorePlatform,
  delivery: SignedDelivery,
  raw: Uint8Array,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const now = doors.now();
  const { topic } = delivery;
  const read = readDelivered(platform, delivery, raw);
  if ('fault' in read) {
    // no object of theirs: nothing is known of what it holds, so none of it is kept
    const text = JSON.stringify({ topic, refused: read.fault });
    await append(doors, connection, platform, request, { text, key: null, word: 'rejected' });
    doors.connectionUses.saw(connection, { what: 'refused', why: read.fault }, now);
    if (delivery.kind === 'native') return send(reply, { status: 'rejected', reason: read.fault });
    return sendUnusable(reply, { word: 'unreadable', reason: read.fault, field: read.field });
  }
  if (topic === 'ping') {
    doors.connectionUses.saw(connection, { what: 'ping' }, now);
    return send(reply, { status: 'pong' });
  }
  const privacy = platform === 'shopify' ? await answerPrivacy(parts, connection, topic, read.object) : null;
  const { occurredAt, zone, currency, token, kept } = read;
  const item = { topic, occurredAt, zone, currency, ...(token === null ? {} : { token }), body: kept };
  const text = writeShopItem(item);
  const decoded: Decoded =
    privacy === null
      ? decode(`store/${platform}`, Buffer.from(text), null)
      : { word: 'ignored', reason: privacy, field: null };
  const ignored = decoded.word === 'ignored' ? writeIgnored(topic, decoded.reason) : null;
  await append(doors, connection, platform, request, {
    text: ignored ?? text,
    key: repeatKey(connection, delivery, raw),
    word: decoded.word,
  });
  doors.connectionUses.saw(connection, { what: 'received', topic, lagMs: lagOf(decoded, read.occurredAt, now) }, now);
  if (decoded.word === 'read') return send(reply, { status: 'recorded' });
  if (decoded.word === 'ignored') return send(reply, { status: 'ignored', reason: decoded.reason });
  if (delivery.kind === 'envelope') return sendUnusable(reply, decoded);
  return send(reply, { status: 'rejected', reason: decoded.reason });
}

/** Repeats share the platform's id where it is unique, else topic and bytes. */
function repeatKey({ id: connectionId }: KnownConnection, { id, topic }: SignedDelivery, raw: Uint8Array): string {
  if (id !== null) return `store${connectionId}:${id}`;
  return `store${connectionId}:${topic}:${createHash('sha256').update(raw).digest('base64url')}`;
}

interface Kept {
  readonly text: string;
  readonly key: string | null;
  readonly word: Decoded['word'];
}

async function append(
  doors: Doors,
  connection: KnownConnection,
  platform: StorePlatform,
  request: FastifyRequest,
  { text, key, word }: Kept,
): Promise<void> {
  const arrivedAt = doors.now();
  const door = word === 'read' || word === 'ignored' ? 'accepted' : 'rejected';
  await doors.engine.append(
    {
      shopId: connection.shopId,
      format: `store/${platform}`,
      arrivedAt,
      source: { kind: 'store', store: connection.store },
      pageHost: null,
      mayRead: false,
      test: false,
      headers: keptHeaders(request),
      ip: null,
      minted: null,
      door,
      deliveryKey: key,
      raw: Buffer.from(text),
    },
    'live',
  );
  doors.metrics.appended(`store/${platform}`, door, doors.now() - arrivedAt);
}

/** From what happened in the store to its arrival. */
function lagOf(decoded: Decoded, occurredAt: string | null, now: number): number | null {
  const own = decoded.word === 'read' ? decoded.facts.map(({ ownTime }) => ownTime)[0] : null;
  const at = instantIn(occurredAt) ?? (own != null && 'at' in own ? own.at : null);
  return at === null ? null : Math.max(0, now - at);
}

interface Answer {
  readonly status: 'recorded' | 'ignored' | 'rejected' | 'pong';
  readonly reason?: Reason;
}

function send(reply: FastifyReply, answer: Answer): FastifyReply {
  return reply.type('application/json').header('cache-control', 'no-store').send(JSON.stringify(answer));
}

function sendStale(doors: Doors, reply: FastifyReply): FastifyReply {
  const here = new Date(doors.now()).toISOString();
  const minutes = clockMs / 60_000;
  doors.metrics.refused('timestamp.stale', '/ingest/:source');
  return sendError(
    reply,
    401,
    'timestamp.stale',
    `X-Tracker-Timestamp is more than ${minutes} minutes from our clock (${here}): set the server's clock and sign each attempt anew.`,
  );
}
