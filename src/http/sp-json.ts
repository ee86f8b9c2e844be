import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { ShopKey } from '#store/shop-key.ts';
import { mintToken, renewalDue, type Token, tokenStands } from '#store/token.ts';
import { type Doors, refuse, refuseSite } from './doors.ts';
import { sendBusy } from './errors.ts';
import { countShop } from './public-gate.ts';
import { findParameter, queryOf } from './query.ts';

/** Visits are counted by the hour; looking at them once a minute is often enough. */
const minute = 60_000;

/**
 * `GET /sp-json.php` (legacy wire §1.5): what the tracker asks on every page. No query: the token says all that may be told. `email`,
 * `email_md5` and `external_id` are ignored: whoever types an address learns nothing (rules §6.4).
 */
export function spJsonRoutes(app: FastifyInstance, doors: Doors): void {
  app.route({
    method: 'GET',
    url: '/sp-json.php',
    onRequest: (request, reply, done) => {
      reply.header('access-control-allow-origin', request.headers.origin ?? '*').header('vary', 'Origin');
      if (request.headers.origin !== undefined) reply.header('access-control-allow-credentials', 'true');
      done();
    },
    handler: (request, reply) => present(doors, request, reply),
  });
}

function present(doors: Doors, request: FastifyRequest, reply: FastifyReply): FastifyReply | Promise<FastifyReply> {
  // The first to be shed: an order matters more than a visit (house: Intake).
  if (doors.engine.pressure() >= 0.5) return sendBusy(reply, 30);
  const now = doors.now();
  if (!doors.addresses.take(request.ip, now)) return refuse(doors, request, reply, 'address');
  const query = queryOf(request.raw.url ?? '');
  const publicKey = findParameter(query, 'publicKey') ?? '';
  const pair = doors.ring.find(publicKey);
  const present = (found: ShopKey): FastifyReply =>
    countShop(doors, request, reply, found) ? answer(doors, found, query, now, reply) : reply;
  if (pair !== null) return present(pair);
  return doors.ring
    .findAgain(publicKey)
    .then((found) => (found === null ? refuseSite(doors, request, reply, publicKey) : present(found)));
}

function answer(doors: Doors, pair: ShopKey, query: string, now: Instant, reply: FastifyReply): FastifyReply {
  const token = standingToken(doors, pair, query, now);
  doors.pages.saw(pair.shopId, pair.test, now, false);
  doors.keyUses.saw(pair, now);
  return reply
    .type('application/json')
    .header('cache-control', 'no-store')
    .send(spJsonBody(cookieOf(doors, pair.shopId, token, now), token?.purpose === 'sbtl', now));
}

/** `sbtl` (a server's hand-over) before `sbt` (our script's addition); the literal `undefined` of the old script is none. */
function standingToken(doors: Doors, pair: ShopKey, query: string, now: Instant): Token | null {
  for (const name of ['sbtl', 'sbt']) {
    const value = findParameter(query, name);
    const known = value === null ? null : doors.tokens.read(pair.shopId, value);
    if (value === null || known === null || !tokenStands(known.token, now, pair.tokensFrom)) continue;
    if (!pair.test && now - known.countedAt > minute) {
      known.countedAt = now;
      doors.visits.saw(pair.shopId, known.token.id, value);
    }
    return known.token;
  }
  return null;
}

/** null: the browser keeps what it has. */
function cookieOf(doors: Doors, shop: ShopId, token: Token | null, now: Instant): string | null {
  if (token === null) return mintToken(doors.keys, shop, 'sbt', now);
  return renewalDue(token, now) ? mintToken(doors.keys, shop, token.purpose, now, token) : null;
}

/** `cookie` is left out when there is none: the old script would store the text of a null. `exists`: a customer of a verified token. */
export function spJsonBody(cookie: string | null, exists: boolean, now: Instant): string {
  const given = cookie === null ? '' : `"cookie":"${cookie}",`;
  return `{"widgets":[],${given}"statsEnabled":false,"crea_dt_gmt":"${wholeSecond(now)}","segment_id":[],"vars":{"customer":{"exists":${exists}}}}`;
}

let second = 0;
let secondText = '';

/** `YYYY-MM-DD hh:mm:ss` in UTC, written once a second. */
function wholeSecond(now: Instant): string {
  const current = Math.floor(now / 1000);
  if (current !== second) {
    second = current;
    secondText = new Date(current * 1000).toISOString().slice(0, 19).replace('T', ' ');
  }
  return secondText;
}
