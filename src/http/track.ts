import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decode } from '#wire/decode.ts';
import { keptHeaders, pageHost, personIp } from './arrival.ts';
import { countUnusable, type Doors, refuse, refuseSite } from './doors.ts';
import { admit, countShop } from './public-gate.ts';
import { findParameter, queryOf } from './query.ts';

const publicBodyLimit = 64 * 1024;
const answer = '{"status":"recorded"}';
const nothing = new Uint8Array();

/**
 * `GET /track` and its POST twin (legacy wire §1.4): 200 whenever the call was recorded, whatever its outcome; 404 for an unknown site,
 * 429 over the limits, 413 over 64 KB (rules §6.7). Calls of pages outside the shop's list are recorded too: rules decide about them.
 */
export function trackRoutes(app: FastifyInstance, doors: Doors): void {
  app.route({
    method: ['GET', 'POST'],
    url: '/track',
    // A HEAD says nothing a shop could mean.
    exposeHeadRoute: false,
    bodyLimit: publicBodyLimit,
    onRequest: (request, reply, done) => {
      reply.header('access-control-allow-origin', '*');
      if (admit(doors, request, reply, 'site')) done();
    },
    handler: (request, reply) => receive(doors, request, reply),
  });
  app.options('/track', (_request, reply) =>
    reply
      .code(204)
      .headers({
        'access-control-allow-origin': '*',
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'content-type',
        'access-control-max-age': '86400',
      })
      .send(),
  );
}

async function receive(doors: Doors, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const arrivedAt = doors.now();
  const query = queryOf(request.raw.url ?? '');
  const body = request.body instanceof Uint8Array ? request.body : nothing;
  const isGet = request.method === 'GET';
  const raw = isGet ? Buffer.from(query, 'latin1') : body;
  const site =
    (isGet ? null : findParameter(Buffer.from(body).toString('latin1'), 'site')) ?? findParameter(query, 'site');
  const pair = doors.ring.find(site ?? '') ?? (await doors.ring.findAgain(site ?? ''));
  if (pair === null || !pair.mayWrite) return refuseSite(doors, request, reply, site ?? '');
  if (!countShop(doors, request, reply, pair)) return reply;
  doors.keyUses.saw(pair, arrivedAt);
  if (!doors.publicBudget.take(pair.shopId, raw.byteLength, arrivedAt)) return refuse(doors, request, reply, 'budget');
  const door = decode('track', raw, null).word === 'read' ? 'accepted' : 'rejected';
  if (door === 'rejected' && !countUnusable(doors, request, reply, pair.shopId)) return reply;
  await doors.engine.append(
    {
      shopId: pair.shopId,
      format: 'track',
      arrivedAt,
      source: { kind: 'browser' },
      pageHost: pageHost(request),
      mayRead: false,
      test: pair.test,
      headers: keptHeaders(request),
      ip: personIp(request),
      minted: null,
      door,
      deliveryKey: null,
      raw,
    },
    'live',
  );
  doors.metrics.appended('track', door, doors.now() - arrivedAt);
  return reply.type('application/json').header('cache-control', 'no-store').send(answer);
}
