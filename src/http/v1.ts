import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ShopKey } from '#store/shop-key.ts';
import { mintToken } from '#store/token.ts';
import { decode } from '#wire/decode.ts';
import type { Decoded, WireFormat } from '#wire/decoded.ts';
import { keptHeaders } from './arrival.ts';
import { authenticate, challenge, readBasic } from './basic-auth.ts';
import { countUnusable, type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { privateKeyMatches } from './key-ring.ts';

export const keyedBodyLimit = 2 * 1024 * 1024;
const nothing = new Uint8Array();
const methods = ['CreateOrder', 'UpdateOrder', 'CreateAccount', 'UpdateAccount', 'RegenCookie'] as const;

/**
 * `POST /api/<Method>` (legacy wire §2): form bodies behind Basic. A call that cannot mean anything is recorded and answered 400
 * (unreadable) or 422 (rejected) with field and reason (rules §6.7).
 */
export function v1Routes(app: FastifyInstance, doors: Doors): void {
  for (const method of methods) {
    app.route({
      method: 'POST',
      url: `/api/${method}`,
      bodyLimit: keyedBodyLimit,
      // Before the body is read: PHP's first copy comes without credentials and must leave no trace.
      onRequest: async (request, reply) => {
        const pair = await proveKeys(doors, request, reply);
        if (pair === null) return reply;
        if (!pair.mayWrite) return refuse(doors, request, reply, 'mayWrite');
        request.pair = pair;
      },
      handler: (request, reply) => receive(doors, request, reply, method),
    });
  }
}

/** The pair the caller proved; null when the answer (401, 429) is already sent. */
export async function proveKeys(doors: Doors, request: FastifyRequest, reply: FastifyReply): Promise<ShopKey | null> {
  const basic = readBasic(request.headers.authorization);
  if (basic !== null && !doors.wrongKeys.mayTry(request.ip, basic.name, doors.now())) {
    refuse(doors, request, reply, 'wrongKeys');
    return null;
  }
  const pair = await authenticate(basic, doors.ring, doors.keys);
  if (pair !== null) {
    doors.wrongKeys.proved(request.ip, pair.publicKey);
    if (doors.keyCalls.take(pair.id, doors.now())) {
      doors.keyUses.saw(pair, doors.now());
      return pair;
    }
    refuse(doors, request, reply, 'key');
    return null;
  }
  const ended = basic === null ? null : doors.ring.findEnded(basic.name);
  if (basic !== null && ended !== null && privateKeyMatches(doors.keys, ended, basic.password)) {
    refuse(doors, request, challenge(reply), doors.addresses.take(request.ip, doors.now()) ? 'ended' : 'address');
    return null;
  }
  if (basic !== null) await doors.wrongKeys.wrong(request.ip, basic.name, doors.now());
  if (!doors.addresses.take(request.ip, doors.now())) refuse(doors, request, reply, 'address');
  else refuse(doors, request, challenge(reply), 'keys');
  return null;
}

async function receive(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  method: (typeof methods)[number],
): Promise<unknown> {
  const pair = request.pair;
  if (pair === null) return refuse(doors, request, challenge(reply), 'keys');
  const arrivedAt = doors.now();
  const raw = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.keyedBudget.take(pair.shopId, raw.byteLength, arrivedAt)) return refuse(doors, request, reply, 'budget');
  const format: WireFormat = `v1/${method}`;
  // A pair that may not read gets a token that speaks for nobody (rules §6.6).
  const minted =
    method === 'RegenCookie' ? mintToken(doors.keys, pair.shopId, pair.mayRead ? 'sbtl' : 'sbt', arrivedAt) : null;
  const decoded = decode(format, raw, minted);
  const door = decoded.word === 'read' ? 'accepted' : 'rejected';
  if (door === 'rejected' && !countUnusable(doors, request, reply, pair.shopId)) return reply;
  const { seq } = await doors.engine.append(
    {
      shopId: pair.shopId,
      format,
      arrivedAt,
      source: { kind: 'server' },
      pageHost: null,
      mayRead: pair.mayRead,
      test: pair.test,
      headers: keptHeaders(request),
      ip: null,
      minted: door === 'accepted' ? minted : null,
      door,
      deliveryKey: null,
      raw,
    },
    'live',
  );
  doors.metrics.appended(format, door, doors.now() - arrivedAt);
  if (decoded.word !== 'read') return sendUnusable(reply, decoded);
  const datas = minted === null ? { recorded: seq.toString() } : { cookie: minted };
  return reply.type('application/json').header('cache-control', 'no-store').send(JSON.stringify({ datas }));
}

/** The answer to a call that was recorded but cannot mean anything. */
export function sendUnusable(reply: FastifyReply, decoded: Exclude<Decoded, { word: 'read' }>): FastifyReply {
  const status = decoded.word === 'unreadable' ? 400 : 422;
  const about = decoded.field === null ? '' : ` (field ${decoded.field})`;
  return sendError(
    reply,
    status,
    decoded.reason,
    `The call was recorded, but it cannot be used: ${decoded.reason}${about}.`,
    decoded.field ?? undefined,
  );
}
