import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import type { ShopId } from '#domain/ids.ts';

/** One key per purpose, all derived from `SECRET_KEY`: what one signs, no other accepts. */
export interface Keys {
  readonly sbt: KeyObject;
  readonly sbtl: KeyObject;
  readonly privateKeyHash: KeyObject;
  readonly seal: KeyObject;
  readonly address: KeyObject;
  readonly subject: KeyObject;
  readonly anchor: KeyObject;
  readonly backupCode: KeyObject;
  /** Links and codes by which a person speaks for themselves. */
  readonly person: KeyObject;
}

const ivBytes = 12;
const tagBytes = 16;

/** `secretKey`: the text of `SECRET_KEY`, at least 16 characters. */
export function deriveKeys(secretKey: string): Keys {
  if (secretKey.length < 16) throw new Error('SECRET_KEY is too short: give at least 16 random characters');
  const derive = (purpose: string): KeyObject =>
    createSecretKey(Buffer.from(hkdfSync('sha256', secretKey, 'spread-tracker', purpose, 32)));
  return {
    sbt: derive('token sbt'),
    sbtl: derive('token sbtl'),
    privateKeyHash: derive('private key hash'),
    seal: derive('seal'),
    address: derive('address hash'),
    anchor: derive('ledger anchor'),
    subject: derive('journal subject'),
    backupCode: derive('backup code'),
    person: derive('person page'),
  };
}

/** AES-256-GCM: iv, tag, text. `place` says where the value lives; it opens nowhere else. */
export function sealText(keys: Keys, text: string, place: string): Buffer {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', keys.seal, iv);
  cipher.setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

/** Throws when the value was changed, was sealed for another place, or under another `SECRET_KEY`. */
export function openText(keys: Keys, sealed: Buffer, place: string): string {
  const decipher = createDecipheriv('aes-256-gcm', keys.seal, sealed.subarray(0, ivBytes));
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(ivBytes, ivBytes + tagBytes));
  const text = Buffer.concat([decipher.update(sealed.subarray(ivBytes + tagBytes)), decipher.final()]);
  return text.toString('utf8');
}

export function hashPrivateKey(keys: Keys, privateKey: string): Buffer {
  return createHmac('sha256', keys.privateKeyHash).update(privateKey).digest();
}

/** Keyed hash of an address in its normal form, per shop: for the objection list (rules §7). */
export function hashAddress(keys: Keys, shopId: ShopId, address: string): Buffer {
  return createHmac('sha256', keys.address).update(`${shopId}:${address}`).digest();
}

/**
 * What an item of the journal is found by: `email:<normal form>`, `external:<id>`, `order:<key or number>`, `token:<value>` and the
 * visitor it names, `profile:<number>` and `phone:<last eight digits>` where nothing else names anybody.
 */
export type Subject = `${'email' | 'external' | 'order' | 'token' | 'profile' | 'phone'}:${string}`;

/** Keyed hash of an identifier, 64 bits: enough to find a person's rows, which are then looked at. */
export function hashSubject(keys: Keys, shopId: ShopId, subject: Subject): bigint {
  return createHmac('sha256', keys.subject).update(`${shopId}:${subject}`).digest().readBigInt64BE(0);
}

/** What stands for an order's key or number once its owner is erased (rules §7): the same for the same reference, and it leads nowhere. */
export function hideReference(keys: Keys, shopId: ShopId, reference: string): string {
  const hash = createHmac('sha256', keys.address).update(`${shopId}:order:${reference}`).digest();
  return `erased:${hash.toString('base64url', 0, 16)}`;
}
