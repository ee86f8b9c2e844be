import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Me } from '#contract/session.ts';
import type { SignedIn } from '#store/auth.ts';
import { findPerson } from '#views/account.ts';
import { findMailHealth } from '#views/outbox.ts';
import { listShopsOf } from '#views/shop-list.ts';
import { limitKey } from '../client-address.ts';
import { sendError } from '../errors.ts';
import type { Desk, DeskApp } from './desk.ts';

/** Tried so often without being sent, a mail says that the mail server takes none. */
const failingAfterMs = 10 * 60_000;

/** Who speaks and what they may see; sets the session's cookies. */
export async function welcome(desk: Desk, reply: FastifyReply, { user, cookies }: SignedIn): Promise<Me> {
  if (cookies.length > 0) reply.header('set-cookie', [...cookies]);
  const [shops, person] = await Promise.all([listShopsOf(desk.db, user.id), findPerson(desk.db, user.id)]);
  const minds = person.instanceAdmin || shops.some(({ role }) => role === 'administrator');
  return { user: { ...user, ...person }, mail: minds ? await mailWord(desk) : 'fine', shops };
}

async function mailWord(desk: Desk): Promise<Me['mail']> {
  if (!desk.mail.configured) return 'none';
  const { fault, waitingSince } = await findMailHealth(desk.db);
  return fault !== null && waitingSince !== null && desk.now() - waitingSince > failingAfterMs ? 'failing' : 'fine';
}

const windowMs = 5 * 60_000;

/** Guesses are counted by address: 60 in five minutes over every way in. */
export function addressLimit(app: DeskApp): (request: FastifyRequest) => Promise<boolean> {
  const limit = app.createRateLimit({
    max: 60,
    timeWindow: windowMs,
    keyGenerator: (request) => `address ${limitKey(request.ip)}`,
  });
  return async (request) => isOver(await limit(request));
}

/** And by whom they are about: 10 in five minutes; `who` names it. */
export function personLimit(
  app: DeskApp,
  who: (request: FastifyRequest) => string,
  max = 10,
): (request: FastifyRequest) => Promise<boolean> {
  const limit = app.createRateLimit({ max, timeWindow: windowMs, keyGenerator: who });
  return async (request) => isOver(await limit(request));
}

type Limit = Awaited<ReturnType<ReturnType<DeskApp['createRateLimit']>>>;

/** `isAllowed` is the library's word for callers it does not count. */
function isOver(limit: Limit): boolean {
  return !limit.isAllowed && limit.isExceeded;
}

export function tooMany(reply: FastifyReply): FastifyReply {
  reply.header('retry-after', String(windowMs / 1000));
  return sendError(reply, 429, 'too_many', 'Too many attempts; wait a few minutes.');
}

/** The address a body names, for `personLimit`. */
export function emailIn(request: FastifyRequest): string {
  const { body } = request;
  const email = typeof body === 'object' && body !== null && 'email' in body ? String(body.email) : '';
  return `account ${email.trim().toLowerCase()}`;
}

/**
 * Scheme and host that a mail sends people to. Without PUBLIC_URL as called, but only where that is this machine: whoever calls chooses the
 * name they call by, and must not choose where somebody else's link leads.
 */
export function placeOfLinks(desk: Desk, request: FastifyRequest): string {
  if (desk.publicUrl !== null) return desk.publicUrl;
  const local = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d+)?$/.test(request.host);
  return local ? `http://${request.host}` : 'http://localhost';
}
