/** A request about somebody's data, however it comes in: checked, given its deadline, written down. */
import type { Pool } from 'pg';
import type { RightsBody } from '#contract/rights.ts';
import { monthsAfter } from '#domain/deadline.ts';
import { emailNormal } from '#domain/email.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { RightsChannel } from '#domain/rights.ts';
import { instantOf } from '#domain/time.ts';
import { inTransaction } from '#store/db.ts';
import { createRequest } from '#store/rights-request.ts';
import type { Keys } from '#store/secret.ts';

export interface IntakeOfRequest {
  readonly shopId: ShopId;
  readonly zone: string;
  readonly cameBy: RightsChannel;
  /** `staff:<user>`, `person`, `api`. */
  readonly by: string;
  readonly now: Instant;
}

/** `field`: what cannot be. The month runs from the day it reached the shop. */
export async function takeRequest(
  pool: Pool,
  keys: Keys,
  { shopId, zone, cameBy, by, now }: IntakeOfRequest,
  body: RightsBody,
): Promise<{ readonly id: number; readonly dueAt: Instant } | { readonly field: 'email' | 'received' }> {
  const email = emailNormal(body.email);
  if (email === null) return { field: 'email' };
  const receivedAt = body.received === undefined ? now : dayStart(body.received, zone);
  if (receivedAt === null || receivedAt > now) return { field: 'received' };
  const dueAt = monthsAfter(receivedAt, 1, zone);
  const note = body.note?.trim() || null;
  const request = { shopId, kind: body.kind, cameBy, email, lang: body.lang, note, receivedAt, dueAt };
  const id = await inTransaction(pool, (client) =>
    createRequest(client, keys, request, { at: now, by, what: 'received' }),
  );
  return { id, dueAt };
}

function dayStart(date: string, zone: string): Instant | null {
  const time = Date.parse(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
  return isDay ? instantOf({ date }, time, zone, 'start') : null;
}
