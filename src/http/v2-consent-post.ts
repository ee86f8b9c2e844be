import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decode } from '#wire/decode.ts';
import { keptHeaders } from './arrival.ts';
import { challenge } from './basic-auth.ts';
import { countUnusable, type Doors, refuse } from './doors.ts';
import { sendError } from './errors.ts';
import { keyedBodyLimit, proveKeys, sendUnusable } from './v1.ts';
import { parameter } from './v2.ts';
import { readId } from './v2-query.ts';

const nothing = new Uint8Array();

/**
 * `POST /api/v2/customers-consents/{customer_id}` (legacy wire §3): JSON whatever the content type says. Waits `settleMs` for the outcome:
 * 200 when the basis holds what was asked, 409 with the reason when a rule stands against it, 404 for an unknown profile, 202 when apply is late.
 */
export function v2ConsentPost(app: FastifyInstance, doors: Doors, settleMs: number): void {
  app.route({
    method: 'POST',
    url: '/api/v2/customers-consents/:id',
    bodyLimit: keyedBodyLimit,
    onRequest: async (request, reply) => {
      const pair = await proveKeys(doors, request, reply);
      if (pair === null) return reply;
      if (!pair.mayWrite) return refuse(doors, request, reply, 'mayWrite');
      request.pair = pair;
    },
    handler: (request, reply) => receive(doors, request, reply, settleMs),
  });
}

async function receive(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  settleMs: number,
): Promise<FastifyReply> {
  const pair = request.pair;
  if (pair === null) return refuse(doors, request, challenge(reply), 'keys');
  const customerId = readId(parameter(request, 'id'));
  if (customerId === null) return sendError(reply, 404, 'not_found', 'Nothing of this shop is here.');
  const arrivedAt = doors.now();
  const body = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.keyedBudget.take(pair.shopId, body.byteLength, arrivedAt)) return refuse(doors, request, reply, 'budget');
  // Ours comes last: of two keys of one name JSON takes the last.
  const raw = Buffer.concat([Buffer.from('{"body":'), body, Buffer.from(`,"customerId":${customerId}}`)]);
  const decoded = decode('v2/customers-consents', raw, null);
  const door = decoded.word === 'read' ? 'accepted' : 'rejected';
  if (door === 'rejected' && !countUnusable(doors, request, reply, pair.shopId)) return reply;
  const { seq, receivedAt } = await doors.engine.append(
    {
      shopId: pair.shopId,
      format: 'v2/customers-consents',
      arrivedAt,
      source: { kind: 'api' },
      pageHost: null,
      mayRead: pair.mayRead,
      test: pair.test,
      headers: keptHeaders(request),
      ip: null,
      minted: null,
      door,
      deliveryKey: null,
      raw,
    },
    'live',
  );
  doors.metrics.appended('v2/customers-consents', door, doors.now() - arrivedAt);
  if (decoded.word !== 'read') return sendUnusable(reply, decoded);
  const settled = await doors.settler.settle({ shopId: pair.shopId, seq, receivedAt }, settleMs);
  reply.type('application/json').header('cache-control', 'no-store');
  if (settled === null) return reply.code(202).send(JSON.stringify({ recorded: seq.toString() }));
  const [reason] = settled.reasons;
  if (settled.outcome !== 'applied' && settled.outcome !== 'unchanged') {
    const status = reason === 'profile.unknown' ? 404 : 422;
    return sendError(
      reply,
      status,
      reason ?? settled.outcome,
      `The call was recorded, but it changed nothing: ${reason ?? settled.outcome}.`,
    );
  }
  const rule = settled.reasons.find((one) => one.startsWith('basis.'));
  if (rule !== undefined) {
    return sendError(reply, 409, rule, `The call was recorded, but a rule stands against it: ${rule}.`);
  }
  const { outcome, reasons } = settled;
  const said = reasons.length === 0 ? {} : { reasons };
  return reply.send(
    JSON.stringify({ customer: { id: String(customerId) }, recorded: seq.toString(), outcome, ...said }),
  );
}
