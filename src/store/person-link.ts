/** The link in mails to a person: it never ends, is kept nowhere, and can only lower (rules §7). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type ProfileId, profileId, type ShopId, shopId } from '#domain/ids.ts';
import { hashAddress, type Keys } from './secret.ts';

export interface PersonLink {
  readonly shopId: ShopId;
  readonly profileId: ProfileId;
  /** Names the address it was made for, see `addressMark`. */
  readonly mark: Buffer;
}

const markBytes = 8;
/** version 1, shop 4, profile 8, mark 8; then the mac. */
const bodyBytes = 13 + markBytes;
const macBytes = 16;
const version = 1;

/** The end of an address like `<PUBLIC_URL>/my-data/stop/<this>`. The same for the same person and address. */
export function writePersonLink(keys: Keys, shop: ShopId, profile: number, emailNorm: string): string {
  const value = Buffer.allocUnsafe(bodyBytes + macBytes);
  value[0] = version;
  value.writeUInt32LE(shop, 1);
  value.writeBigUInt64LE(BigInt(profile), 5);
  addressMark(keys, shop, emailNorm).copy(value, 13);
  macOf(keys, value.subarray(0, bodyBytes)).copy(value, bodyBytes);
  return value.toString('base64url');
}

/** null: not a link of ours, or changed. */
export function readPersonLink(keys: Keys, text: string): PersonLink | null {
  const value = Buffer.from(text, 'base64url');
  if (value.length !== bodyBytes + macBytes || value[0] !== version) return null;
  if (!timingSafeEqual(macOf(keys, value.subarray(0, bodyBytes)), value.subarray(bodyBytes))) return null;
  return {
    shopId: shopId(value.readUInt32LE(1)),
    profileId: profileId(Number(value.readBigUInt64LE(5))),
    mark: value.subarray(13, bodyBytes),
  };
}

/** Tells a person's present address from a former one without naming either. */
export function addressMark(keys: Keys, shop: ShopId, emailNorm: string): Buffer {
  return hashAddress(keys, shop, `email:${emailNorm}`).subarray(0, markBytes);
}

function macOf(keys: Keys, body: Buffer): Buffer {
  return createHmac('sha256', keys.person).update('link').update(body).digest().subarray(0, macBytes);
}
