import type { FastifyInstance } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { RightsBody } from '#contract/rights.ts';
import type { Database } from '#store/tables.ts';
import { findRightsRequest } from '#views/rights-requests.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { proveRight, readBody } from './contact-routes.ts';
import { type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { takeRequest } from './rights-intake.ts';
import { keyedBodyLimit } from './v1.ts';

/**
 * For the shop's own form: `POST /api/rights-requests` (a pair that may write) hands in what a person asks about their data,
 * `GET /api/rights-requests/:id` (a pair that may read) says where it stands. A test pair may do neither: nothing of it would be a test.
 */
export function rightsApi(
  app: FastifyInstance,
  doors: Doors,
  { db, pool }: { db: Kysely<Database>; pool: Pool },
): void {
  app.route({
    method: 'POST',
    url: '/api/rights-requests',
    bodyLimit: keyedBodyLimit,
    onRequest: (request, reply) => proveRight(doors, request, reply, 'mayWrite'),
    handler: async (request, reply) => {
      const { pair } = request;
      if (pair?.test) return refuse(doors, request, reply, 'mayWrite');
      const body = readBody(RightsBody, request, reply);
      if (pair === null || body === null) return reply;
      const found = await findShopSettings(db, pair.shopId);
      if (found === null) return refuse(doors, request, reply, 'site');
      const { zone } = found.settings;
      const by = { shopId: pair.shopId, zone, cameBy: 'api', by: 'api', now: doors.now() } as const;
      const taken = await takeRequest(pool, doors.keys, by, body);
      if ('field' in taken) {
        const say =
          taken.field === 'email' ? 'This is no e-mail address.' : 'This day does not exist, or is still to come.';
        return sendError(reply, 400, 'body.invalid', say, taken.field);
      }
      return reply
        .code(201)
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(JSON.stringify({ id: taken.id, dueAt: new Date(taken.dueAt).toISOString() }));
    },
  });

  app.route<{ Params: { id: string } }>({
    method: 'GET',
    url: '/api/rights-requests/:id',
    onRequest: (request, reply) => proveRight(doors, request, reply, 'mayRead'),
    handler: async (request, reply) => {
      const { pair } = request;
      const { id } = request.params;
      if (pair === null) return reply;
      const isId = /^[1-9]\d{0,14}$/.test(id);
      const found = isId ? await findRightsRequest(pool, doors.keys, pair.shopId, Number(id), 'UTC') : null;
      if (found === null) return sendError(reply, 404, 'not_found', 'No such request.');
      const { kind, state, receivedAt, dueAt, closedAt, refusal } = found;
      const time = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());
      return reply
        .header('cache-control', 'no-store')
        .type('application/json')
        .send(
          JSON.stringify({
            id: found.id,
            kind,
            state,
            receivedAt: time(receivedAt),
            dueAt: time(dueAt),
            closedAt: time(closedAt),
            refusal,
          }),
        );
    },
  });
}
