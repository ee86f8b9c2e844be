import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { appendAudit } from '#store/audit.ts';
import { createSignInToken } from '#store/auth-link.ts';
import { findModuleUser } from '#store/module-sign-in.ts';
import { revealPrivateKey, type ShopKey } from '#store/shop-key.ts';
import { type Doors, refuse } from './doors.ts';
import { MintLimit } from './mint-limit.ts';

export interface GetTokenOptions {
  readonly pool: Pool;
  readonly publicUrl: string | null;
}

const bodyLimit = 16 * 1024;
/** How long the module's link to the back office stands. */
export const moduleLinkMs = 5 * 60_000;

/**
 * `POST /api/GetToken` (legacy wire §2.6): signed with sha1 both ways, no Basic. The module deletes its keys when it is told `ERR-9003`
 * without a signature, so only a call that proves no standing pair is answered so. A proven one gets a signed answer: with a one-time
 * sign-in where a member of the shop allowed it, else `ERR-9003` with an empty token.
 */
export function getTokenRoute(app: FastifyInstance, doors: Doors, options: GetTokenOptions): void {
  const mints = new MintLimit(30, moduleLinkMs);
  app.route({
    method: 'POST',
    url: '/api/GetToken',
    bodyLimit,
    handler: async (request, reply) => {
      const text = request.body instanceof Uint8Array ? Buffer.from(request.body).toString('utf8') : '';
      const proved = await prove(doors, options.pool, text);
      if (proved === null) {
        if (!doors.addresses.take(request.ip, doors.now())) return refuse(doors, request, reply, 'address');
        doors.metrics.refused('keys.wrong', '/api/GetToken');
        return send(reply, { return: 'ERR-9003' });
      }
      const { pair, privateKey } = proved;
      doors.keyUses.saw(pair, doors.now());
      const token = mints.take(pair.shopId, doors.now()) ? await mint(doors, options, request, pair) : null;
      const answer = token === null ? { return: 'ERR-9003', sbt: '' } : { return: 'OK', sbt: token };
      return send(reply, { ...answer, sign: signatureOf(answer, privateKey) });
    },
  });
}

interface Proved {
  readonly pair: ShopKey;
  readonly privateKey: string;
}

/** The pair a call is signed with; null: none of ours, or not its signature. */
async function prove(doors: Doors, pool: Pool, text: string): Promise<Proved | null> {
  const said = readSigned(text);
  if (said === null) return null;
  const pair = doors.ring.find(said.publicKey) ?? (await doors.ring.findAgain(said.publicKey));
  if (pair === null) return null;
  const privateKey = await revealPrivateKey(pool, doors.keys, pair.shopId, pair.id);
  if (privateKey === null) return null;
  const matches = said.texts.map((signed) => timingSafeEqual(sha1(signed + privateKey), said.signature));
  return matches.includes(true) ? { pair, privateKey } : null;
}

/** A one-time token of the member who allowed it; null where nobody did, the pair may not read, or the way is open to listeners. */
async function mint(
  doors: Doors,
  { pool, publicUrl }: GetTokenOptions,
  request: FastifyRequest,
  pair: ShopKey,
): Promise<string | null> {
  if (!pair.mayRead || pair.test) return null;
  // The signature never changes: who overhears one call could repeat it.
  if (publicUrl?.startsWith('https:') === true && request.protocol !== 'https') return null;
  const userId = await findModuleUser(pool, pair.shopId);
  if (userId === null) return null;
  const at = doors.now();
  await appendAudit(pool, { shopId: pair.shopId, userId, at, action: 'module.sign_in', detail: { keyId: pair.id } });
  return createSignInToken(pool, userId, at, moduleLinkMs);
}

interface Signed {
  readonly publicKey: string;
  readonly signature: Buffer;
  /** What may have been signed: the fields as sent, and as a client that escapes them would have had them before. */
  readonly texts: readonly string[];
}

/** `k=v&…&sign=<hex>`, fields in the order of their names. */
export function readSigned(text: string): Signed | null {
  const fields = text.split('&').flatMap((segment): (readonly [string, string])[] => {
    const equals = segment.indexOf('=');
    return equals < 0 ? [] : [[segment.slice(0, equals), segment.slice(equals + 1)]];
  });
  const sign = fields.find(([name]) => name === 'sign')?.[1] ?? '';
  if (!/^[0-9a-f]{40}$/i.test(sign)) return null;
  const raw = Object.fromEntries(fields.filter(([name]) => name !== 'sign'));
  const plain = Object.fromEntries(Object.entries(raw).map(([name, value]) => [plainText(name), plainText(value)]));
  const { public: publicKey = '' } = plain;
  return { publicKey, signature: Buffer.from(sign, 'hex'), texts: [concat(raw), concat(plain)] };
}

/** As the module computes it: `ksort`, `k=v&` of each, the private key behind, sha1 in hex. */
export function signatureOf(answer: Readonly<Record<string, string>>, privateKey: string): string {
  return sha1(concat(answer) + privateKey).toString('hex');
}

function concat(fields: Readonly<Record<string, string>>): string {
  return Object.keys(fields)
    .sort()
    .map((name) => `${name}=${fields[name]}&`)
    .join('');
}

function sha1(text: string): Buffer {
  return createHash('sha1').update(text).digest();
}

function plainText(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function send(reply: FastifyReply, answer: Readonly<Record<string, string>>): FastifyReply {
  return reply.type('application/json').header('cache-control', 'no-store').send(JSON.stringify(answer));
}
