/** `Idempotency-Key`, as Stripe's: a call that is sent again is answered as it was the first time. */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { forgetCall, keepAnswer, openCall } from '#store/idempotent-call.ts';
import type { ShopKey } from '#store/shop-key.ts';
import type { Doors } from './doors.ts';
import { faultOf, sendError } from './errors.ts';

/** What a call came to: an answer to keep, or a refusal of the body, which is not kept. */
export type Worked = { readonly answer: object } | { readonly refuse: () => Promise<FastifyReply> };

const shape = /^[\x21-\x7e]{1,255}$/;

/**
 * Does the work once for each key and body: a repeat within a day gets the first answer and `Idempotent-Replayed: true`; the key with another
 * body 400, while the first is still under way 409. What failed on our side (5xx) is not kept. Without the header, or while the database is
 * away, the work is simply done: ids of events keep it harmless.
 */
export async function answerOnce(
  { doors, pool }: { readonly doors: Doors; readonly pool: Pool },
  pair: ShopKey,
  request: FastifyRequest,
  reply: FastifyReply,
  raw: Uint8Array,
  work: () => Promise<Worked>,
): Promise<FastifyReply> {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return present(reply, await work());
  if (typeof key !== 'string' || !shape.test(key))
    return sendError(reply, 400, 'idempotency.invalid', 'Idempotency-Key: 1 to 255 printable characters, no space.');
  const call = {
    shopId: pair.shopId,
    key: hash(`${pair.test} ${request.routeOptions.url} ${key}`),
    body: hash(raw),
  };
  const opened = await openCall(pool, call, doors.now()).catch((error: unknown) => {
    doors.log.warn({ event: 'idempotency.open', ...faultOf(error) });
    return null;
  });
  if (opened === null) return present(reply, await work());
  switch (opened.word) {
    case 'answered':
      reply.header('idempotent-replayed', 'true');
      return reply.type('application/json').header('cache-control', 'no-store').send(opened.answer);
    case 'other':
      return sendError(
        reply,
        400,
        'idempotency.reused',
        'This Idempotency-Key came with another body before: make a new key for each new call.',
      );
    case 'open':
      reply.header('retry-after', '1');
      return sendError(
        reply,
        409,
        'idempotency.in_flight',
        'The first call with this Idempotency-Key is still under way.',
      );
    case 'new': {
      const forget = () =>
        forgetCall(pool, call).catch((error) => doors.log.warn({ event: 'idempotency.forget', ...faultOf(error) }));
      const worked = await work().catch(async (error: unknown) => {
        await forget();
        throw error;
      });
      if ('refuse' in worked) await forget();
      else
        await keepAnswer(pool, call, JSON.stringify(worked.answer)).catch((error) =>
          doors.log.warn({ event: 'idempotency.keep', ...faultOf(error) }),
        );
      return present(reply, worked);
    }
  }
}

async function present(reply: FastifyReply, worked: Worked): Promise<FastifyReply> {
  if ('refuse' in worked) return worked.refuse();
  return reply.type('application/json').header('cache-control', 'no-store').send(JSON.stringify(worked.answer));
}

function hash(what: string | Uint8Array): Buffer {
  return createHash('sha256').update(what).digest();
}
