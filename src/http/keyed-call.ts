import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { Source } from '#domain/facts.ts';
import type { Seq } from '#domain/ids.ts';
import { decode } from '#wire/decode.ts';
import type { WireFormat } from '#wire/decoded.ts';
import { keptHeaders } from './arrival.ts';
import { challenge } from './basic-auth.ts';
import { countUnusable, type Doors, refuse } from './doors.ts';
import { keyedBodyLimit, proveKeys, sendUnusable } from './v1.ts';

const nothing = new Uint8Array();

export interface KeyedCall {
  readonly format: WireFormat;
  readonly source: Source;
  /** The bytes to record, from the body as sent. */
  readonly raw: (body: Uint8Array) => Uint8Array;
}

/** What a route of a caller with a writing pair has in common: keys before the body is read. */
export function keyedRoute(doors: Doors): Pick<RouteOptions, 'bodyLimit' | 'onRequest'> {
  return {
    bodyLimit: keyedBodyLimit,
    onRequest: async (request, reply) => {
      const pair = await proveKeys(doors, request, reply);
      if (pair === null) return reply;
      if (!pair.mayWrite) return refuse(doors, request, reply, 'mayWrite');
      request.pair = pair;
    },
  };
}

/** Records the call, whatever can be made of it; null when the answer (a refusal, 400, 422) is already sent. */
export async function recordCall(
  doors: Doors,
  request: FastifyRequest,
  reply: FastifyReply,
  { format, source, raw: from }: KeyedCall,
): Promise<Seq | null> {
  const { pair } = request;
  if (pair === null) {
    refuse(doors, request, challenge(reply), 'keys');
    return null;
  }
  const { shopId, mayRead, test } = pair;
  const arrivedAt = doors.now();
  const body = request.body instanceof Uint8Array ? request.body : nothing;
  if (!doors.keyedBudget.take(shopId, body.byteLength, arrivedAt)) {
    refuse(doors, request, reply, 'budget');
    return null;
  }
  const raw = from(body);
  const decoded = decode(format, raw, null);
  const door = decoded.word === 'read' ? 'accepted' : 'rejected';
  if (door === 'rejected' && !countUnusable(doors, request, reply, shopId)) return null;
  const headers = keptHeaders(request);
  const who = { shopId, mayRead, test, source, pageHost: null, ip: null, headers };
  const { seq } = await doors.engine.append(
    { ...who, format, arrivedAt, minted: null, door, deliveryKey: null, raw },
    'live',
  );
  doors.metrics.appended(format, door, doors.now() - arrivedAt);
  if (decoded.word === 'read') return seq;
  sendUnusable(reply, decoded);
  return null;
}
