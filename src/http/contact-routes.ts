/** For senders, with the shop's private key: the guard before a mailing, and objections that reached them. */
import type { Static, TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { ContactQuestion, ObjectionsBody, type UnsubscribeLinks, UnsubscribeQuestion } from '#contract/contact.ts';
import type { Database } from '#store/tables.ts';
import { answerContact } from '#views/may-contact.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { isSpooling, stateObjections } from './objections.ts';
import { findStopLinks } from './stop-link.ts';
import { keyedBodyLimit, proveKeys } from './v1.ts';

export interface ContactParts {
  readonly db: Kysely<Database>;
  readonly pool: Pool;
  readonly settleMs: number;
  /** Scheme and host people know us by; null: as called. */
  readonly publicUrl: string | null;
}

/**
 * `POST /api/may-contact` (a pair that may read): one to 10,000 people, answers in their order.
 * `POST /api/unsubscribe-links` (a pair that may read): each person's own link, for the mails a shop sends by itself (RFC 8058).
 * `POST /api/objections` (a pair that may write): STOP, complaints, unsubscriptions; 200 once applied, 202 when apply is late.
 */
export function contactRoutes(
  app: FastifyInstance,
  doors: Doors,
  { db, pool, settleMs, publicUrl }: ContactParts,
): void {
  app.route({
    method: 'POST',
    url: '/api/may-contact',
    bodyLimit: keyedBodyLimit,
    onRequest: (request, reply) => proveRight(doors, request, reply, 'mayRead'),
    handler: async (request, reply) => {
      const { pair } = request;
      const question = readBody(ContactQuestion, request, reply);
      if (pair === null || question === null) return reply;
      const now = doors.now();
      const found = await findShopSettings(db, pair.shopId);
      if (found === null) return refuse(doors, request, reply, 'site');
      const guard = { pool, keys: doors.keys, settings: found.settings, now, spooling: isSpooling(doors.engine) };
      const answers = await answerContact(guard, pair.shopId, question);
      return reply
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(JSON.stringify({ at: now, answers }));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/unsubscribe-links',
    bodyLimit: keyedBodyLimit,
    onRequest: (request, reply) => proveRight(doors, request, reply, 'mayRead'),
    handler: async (request, reply) => {
      const { pair } = request;
      const question = readBody(UnsubscribeQuestion, request, reply);
      if (pair === null || question === null) return reply;
      const origin = publicUrl ?? `${request.protocol}://${request.host}`;
      const links = await findStopLinks({ pool, keys: doors.keys }, origin, pair.shopId, question.people);
      return reply
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(JSON.stringify({ links } satisfies UnsubscribeLinks));
    },
  });

  app.route({
    method: 'POST',
    url: '/api/objections',
    bodyLimit: keyedBodyLimit,
    onRequest: (request, reply) => proveRight(doors, request, reply, 'mayWrite'),
    handler: async (request, reply) => {
      const { pair } = request;
      const body = readBody(ObjectionsBody, request, reply);
      if (pair === null || body === null) return reply;
      const raw = request.body instanceof Uint8Array ? request.body.byteLength : 0;
      if (!doors.keyedBudget.take(pair.shopId, raw, doors.now())) return refuse(doors, request, reply, 'budget');
      const found = await findShopSettings(db, pair.shopId);
      if (found === null) return refuse(doors, request, reply, 'site');
      const { engine, settler, now } = doors;
      const parts = { engine, settler, settleMs, now, settings: found.settings };
      const who = { shopId: pair.shopId, source: { kind: 'api' }, test: pair.test } as const;
      const answer = await stateObjections(parts, who, body.objections);
      return reply
        .code(answer.pending ? 202 : 200)
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(JSON.stringify(answer));
    },
  });
}

export async function proveRight(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  right: 'mayRead' | 'mayWrite',
): Promise<unknown> {
  const pair = await proveKeys(doors, request, reply);
  if (pair === null) return reply;
  if (!pair[right]) return refuse(doors, request, reply, right);
  request.pair = pair;
}

/** The body as the schema wants it; null when a 400 that names the first wrong field is already sent. */
export function readBody<Schema extends TSchema>(
  schema: Schema,
  request: FastifyRequest,
  reply: FastifyReply,
): Static<Schema> | null {
  const json = parse(request.body);
  if (json !== undefined && Value.Check(schema, json)) return json;
  const field = json === undefined ? 'body' : (Value.Errors(schema, json).First()?.path.slice(1) ?? 'body');
  sendError(
    reply,
    400,
    'body.invalid',
    `Send JSON as documented; "${field.slice(0, 100)}" is not.`,
    field.slice(0, 100),
  );
  return null;
}

function parse(body: unknown): unknown {
  if (!(body instanceof Uint8Array)) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
