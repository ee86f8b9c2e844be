/** What every route of the back office shares, and who may pass. */
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import { Type } from '@sinclair/typebox';
import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifyReply,
  FastifyRequest,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { may, type Role } from '#contract/permissions.ts';
import type { Instant } from '#domain/facts.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import type { Settler } from '#intake/settle.ts';
import type { Sender } from '#mail/message.ts';
import type { GuardedFetch } from '#outbound/guarded-fetch.ts';
import type { Auth, SessionUser } from '#store/auth.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findRole } from '#views/shop-list.ts';
import { limitKey } from '../client-address.ts';
import { sendError } from '../errors.ts';
import { permissionOf } from './route-permissions.ts';

export interface Desk {
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  readonly engine: IntakeEngine;
  readonly settler: Settler;
  readonly auth: Auth;
  readonly log: Logger;
  /** Scheme and host people know us by; null: as called. */
  readonly publicUrl: string | null;
  /** Longest wait for the outcome of a click; then the answer says that it comes later. */
  readonly settleMs: number;
  readonly now: () => Instant;
  readonly mail: MailSetting;
  /** Calls other people's servers. */
  readonly guarded: GuardedFetch;
}

export interface MailSetting {
  /** False: mails wait in the outbox. */
  readonly configured: boolean;
  readonly sender: Sender;
}

export type DeskApp = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

export const ShopParams = Type.Object({ shopId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });
const largestId = Number.MAX_SAFE_INTEGER;
export const ProfileParams = Type.Object({
  ...ShopParams.properties,
  profileId: Type.Integer({ minimum: 1, maximum: largestId }),
});
export const OrderParams = Type.Object({
  ...ShopParams.properties,
  orderId: Type.Integer({ minimum: 1, maximum: largestId }),
});

/** Whether a `YYYY-MM-DD` names a day of the calendar. */
export function isDay(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** Which bound of a list is no day of the calendar; null: none. */
export function strangeDay(bounds: { readonly from?: string; readonly to?: string }): 'from' | 'to' | null {
  return (['from', 'to'] as const).find((name) => bounds[name] !== undefined && !isDay(bounds[name])) ?? null;
}

const users = new WeakMap<FastifyRequest, { readonly user: SessionUser; readonly sessionId: string }>();
const members = new WeakMap<FastifyRequest, { readonly shop: ShopId; readonly role: Role }>();

/** Who speaks. Only behind `requireUser`. */
export function userOf(request: FastifyRequest): SessionUser {
  return speakerOf(request).user;
}

/** The session they speak in. Only behind `requireUser`. */
export function sessionOf(request: FastifyRequest): string {
  return speakerOf(request).sessionId;
}

function speakerOf(request: FastifyRequest) {
  const speaker = users.get(request);
  if (speaker === undefined) throw new Error('asked before requireUser');
  return speaker;
}

/** The shop of the address, which the user is a member of. Only behind `requireMember`. */
export function shopOf(request: FastifyRequest): ShopId {
  return memberOf(request).shop;
}

/** What the user is in the shop of the address. Only behind `requireMember`. */
export function roleOf(request: FastifyRequest): Role {
  return memberOf(request).role;
}

function memberOf(request: FastifyRequest): { readonly shop: ShopId; readonly role: Role } {
  const member = members.get(request);
  if (member === undefined) throw new Error('asked before requireMember');
  return member;
}

/** 401 without a session; renews its cookie when due. */
export async function requireUser(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const session = await desk.auth.findSession(headersOf(request));
  if (session === null) return sendError(reply, 401, 'session.none', 'Sign in first.');
  if (session.cookies.length > 0) reply.header('set-cookie', [...session.cookies]);
  users.set(request, { user: session.user, sessionId: session.sessionId });
}

/**
 * 404 for a shop the user is no member of: whether it exists is not said. 403 for a route their role does not open. Before validation:
 * who may not pass learns nothing about what would be asked of them.
 */
export async function requireMember(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const params = request.params;
  const value = typeof params === 'object' && params !== null && 'shopId' in params ? String(params.shopId) : '';
  if (!/^[1-9]\d{0,8}$/.test(value)) return sendNotFound(reply);
  const shop = shopId(Number(value));
  const role = await findRole(desk.db, userOf(request).id, shop);
  if (role === null) return sendNotFound(reply);
  const permission = permissionOf(request.method, request.routeOptions.url ?? '');
  if (permission === null || !may(role, permission))
    return sendError(reply, 403, 'role.forbidden', 'Your role in this shop does not open this.');
  members.set(request, { shop, role });
}

export function sendNotFound(reply: FastifyReply): FastifyReply {
  return sendError(reply, 404, 'not_found', 'Nothing is here.');
}

/** 403 for a call that another site's page made with the user's cookie. Browsers name the page's origin with every such call. */
export async function refuseOtherOrigins(
  publicUrl: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  if (request.method === 'GET' || request.method === 'HEAD') return;
  const { origin } = request.headers;
  if (origin === undefined && request.headers['sec-fetch-site'] === undefined) return;
  const page = URL.parse(origin ?? '');
  // Through URL, so that a default port is left out on both sides.
  const host = page === null ? null : URL.parse(`${page.protocol}//${request.host}`)?.host;
  if ((page !== null && page.host === host) || (publicUrl !== null && origin === publicUrl)) return;
  return sendError(reply, 403, 'origin.other', 'This call came from another site.');
}

/** Scheme and host people and shops reach us by. */
export function addressOf(desk: Desk, request: FastifyRequest): string {
  return desk.publicUrl ?? `${request.protocol}://${request.host}`;
}

/** Whom a limit of attempts counts; the limiter's own way fails for a caller that has hung up. */
export function callerOf(request: FastifyRequest): string {
  return limitKey(request.ip);
}

/** The headers sessions are found by. */
export function headersOf(request: FastifyRequest): Headers {
  const headers = new Headers();
  const { cookie } = request.headers;
  const agent = request.headers['user-agent'];
  if (cookie !== undefined) headers.set('cookie', cookie);
  if (agent !== undefined) headers.set('user-agent', agent.slice(0, 200));
  return headers;
}
