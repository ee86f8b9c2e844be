import { createHmac, randomFillSync, timingSafeEqual } from 'node:crypto';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Keys } from './secret.ts';

export type TokenPurpose = 'sbt' | 'sbtl';

export interface Token {
  /** What `visitor_token.token` keeps; stays the same when the token is renewed. */
  readonly id: string;
  readonly purpose: TokenPurpose;
  readonly issuedAt: Instant;
  /** When the first token of this id was made: no renewal outlives it by more than 13 months (rules §6.5). */
  readonly firstAt: Instant;
}

const idBytes = 16;
const macBytes = 16;
/** purpose 1, id 16, issued 4, first 4; then the mac. */
const bodyBytes = 25;
const valueLength = Math.ceil(((bodyBytes + macBytes) * 4) / 3);
const epoch = Date.UTC(2026, 0, 1);
const day = 86_400_000;
const life: Readonly<Record<TokenPurpose, number>> = { sbt: 93 * day, sbtl: 180 * day };
const longestLife = 395 * day;
const renewAfter = 30 * day;

/** An opaque token of a new id (`renewed`: of the same id), signed for this shop and purpose. Times are kept to the second. */
export function mintToken(keys: Keys, shopId: ShopId, purpose: TokenPurpose, now: Instant, renewed?: Token): string {
  const value = Buffer.allocUnsafe(bodyBytes + macBytes);
  value[0] = purpose === 'sbt' ? 1 : 2;
  if (renewed === undefined) fillRandom(value, 1);
  else value.write(renewed.id, 1, idBytes, 'base64url');
  value.writeUInt32LE(toSeconds(now), 17);
  value.writeUInt32LE(toSeconds(renewed?.firstAt ?? now), 21);
  macOf(keys, shopId, purpose, value.subarray(0, bodyBytes)).copy(value, bodyBytes);
  return value.toString('base64url');
}

/** null: not a token of ours for this shop, or changed. It may be past its life: see `tokenStands`. */
export function readToken(keys: Keys, shopId: ShopId, text: string): Token | null {
  if (text.length !== valueLength) return null;
  const value = Buffer.from(text, 'base64url');
  if (value.length !== bodyBytes + macBytes) return null;
  const purpose = value[0] === 1 ? 'sbt' : value[0] === 2 ? 'sbtl' : null;
  if (purpose === null) return null;
  const mac = macOf(keys, shopId, purpose, value.subarray(0, bodyBytes));
  if (!timingSafeEqual(mac, value.subarray(bodyBytes))) return null;
  return {
    id: value.toString('base64url', 1, 1 + idBytes),
    purpose,
    issuedAt: epoch + value.readUInt32LE(17) * 1000,
    firstAt: epoch + value.readUInt32LE(21) * 1000,
  };
}

/**
 * Whether the token still speaks (rules §6.5: sbt 93 days, sbtl 180, never beyond 13 months after the first). `from`: the shop revoked
 * what was issued before.
 */
export function tokenStands(token: Token, now: Instant, from: Instant): boolean {
  return token.issuedAt >= from && now < token.issuedAt + life[token.purpose] && now < token.firstAt + longestLife;
}

/** A standing token older than a month is renewed at the next visit, while that may prolong it. */
export function renewalDue(token: Token, now: Instant): boolean {
  return now - token.issuedAt > renewAfter && token.firstAt + longestLife > token.issuedAt + life[token.purpose];
}

function macOf(keys: Keys, shopId: ShopId, purpose: TokenPurpose, body: Buffer): Buffer {
  const scope = Buffer.allocUnsafe(4);
  scope.writeUInt32LE(shopId);
  return createHmac('sha256', keys[purpose]).update(scope).update(body).digest().subarray(0, macBytes);
}

// Each call to the system's generator costs more than the rest of a token: ids are cut from a larger draw, each byte used once.
const draw = Buffer.alloc(256 * idBytes);
let drawn = draw.length;

function fillRandom(value: Buffer, at: number): void {
  if (drawn === draw.length) {
    randomFillSync(draw);
    drawn = 0;
  }
  draw.copy(value, at, drawn, drawn + idBytes);
  draw.fill(0, drawn, drawn + idBytes);
  drawn += idBytes;
}

function toSeconds(at: Instant): number {
  return Math.max(0, Math.floor((at - epoch) / 1000));
}
