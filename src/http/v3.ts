import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { decode } from '#wire/decode.ts';
import type { WireFormat } from '#wire/decoded.ts';
import { keptHeaders } from './arrival.ts';
import { challenge } from './basic-auth.ts';
import { type Doors, refuse } from './doors.ts';
import { keyedBodyLimit, proveKeys, sendUnusable } from './v1.ts';
import { parameter } from './v2.ts';

const nothing = new Uint8Array();
const calls = ['trigger', 'stop'] as const;

/**
 * `POST /api/v3/automations/trigger|stop/{techName}` (legacy wire §3b): form bodies behind Basic. Answered like v1: 400 and 422 for what
 * was recorded and cannot mean anything.
 */
export function v3Routes(app: FastifyInstance, doors: Doors): void {
  for (const call of calls) {
    app.route({
      method: 'POST',
      url: `/api/v3/automations/${call}/:techName`,
      bodyLimit: keyedBodyLimit,
      onRequest: async (request, reply) => {
        const pair = await proveKeys(doors, request, reply);
        if (pair === null) return reply;
        if (!pair.mayWrite) return refuse(doors, request, reply, 'mayWrite');
        request.pair = pair;
      },
      handler: (request, reply) => receive(doors, request, reply, call),
    });
  }
}

async function receive(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  call: (typeof calls)[number],
): Promise<FastifyReply> {
  const pair = request.pair;
  if (pair === null) return refuse(doors, request, challenge(reply), 'keys');
  const arrivedAt = doors.now();
  const body = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.keyedBudget.take(pair.shopId, body.byteLength, arrivedAt)) return refuse(doors, request, reply, 'budget');
  // Ours comes last: of two fields of one name the last stands.
  const name = encodeURIComponent(parameter(request, 'techName').toWellFormed());
  const raw = Buffer.concat([body, Buffer.from(`${body.byteLength === 0 ? '' : '&'}techName=${name}`)]);
  const format: WireFormat = `v3/${call}`;
  const decoded = decode(format, raw, null);
  const door = decoded.word === 'read' ? 'accepted' : 'rejected';
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
      minted: null,
      door,
      deliveryKey: null,
      raw,
    },
    'live',
  );
  doors.metrics.appended(format, door, doors.now() - arrivedAt);
  if (decoded.word !== 'read') return sendUnusable(reply, decoded);
  return reply
    .type('application/json')
    .header('cache-control', 'no-store')
    .send(JSON.stringify({ recorded: seq.toString() }));
}
