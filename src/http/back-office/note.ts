import type { FastifyRequest } from 'fastify';
import type { SettledAnswer } from '#contract/profile.ts';
import type { AuditAct } from '#domain/audit.ts';
import { type AuditEntry, appendAudit } from '#store/audit.ts';
import { type Desk, shopOf, userOf } from './desk.ts';

/** Writes down that who speaks did this in the shop of the address. Only behind `requireMember`. */
export function noteAct(
  desk: Desk,
  request: FastifyRequest,
  action: AuditAct,
  about: Pick<AuditEntry, 'profileId' | 'detail'> = {},
): Promise<void> {
  const entry = { shopId: shopOf(request), userId: userOf(request).id, at: desk.now(), action };
  return appendAudit(desk.pool, { ...entry, ...about });
}

/** The same, of a fact: not when it moved nothing. */
export async function noteFact(
  desk: Desk,
  request: FastifyRequest,
  answer: SettledAnswer,
  action: AuditAct,
  about: Pick<AuditEntry, 'profileId' | 'detail'> = {},
): Promise<void> {
  const { outcome } = answer;
  const idle = outcome === 'unchanged' || outcome === 'ignored' || outcome === 'rejected' || outcome === 'unreadable';
  if (!idle) await noteAct(desk, request, action, about);
}
