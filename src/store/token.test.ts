import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { deriveKeys, openText, sealText } from './secret.ts';
import { mintToken, readToken, renewalDue, tokenStands } from './token.ts';

const keys = deriveKeys('a secret of the tests');
const day = 86_400_000;
const now = Date.UTC(2026, 10, 24, 10);
const shop = shopId(7);

function read(value: string) {
  const token = readToken(keys, shop, value);
  if (token === null) throw new Error('not a token');
  return token;
}

test('a token comes back with its purpose and times, under a new id each time', () => {
  for (const purpose of ['sbt', 'sbtl'] as const) {
    expect(read(mintToken(keys, shop, purpose, now))).toMatchObject({ purpose, issuedAt: now, firstAt: now });
  }
  const ids = Array.from({ length: 600 }, () => read(mintToken(keys, shop, 'sbt', now)).id);
  expect(new Set(ids).size).toBe(600);
});

test('no other shop, no other secret and no other purpose reads it', () => {
  const value = mintToken(keys, shop, 'sbt', now);
  expect(readToken(keys, shopId(8), value)).toBeNull();
  expect(readToken(deriveKeys('another secret, as long'), shop, value)).toBeNull();
  const bytes = Buffer.from(value, 'base64url');
  bytes[0] = 2;
  expect(readToken(keys, shop, bytes.toString('base64url'))).toBeNull();
});

test('any change of any bit makes it nothing, and any text is read without fault', () => {
  const value = mintToken(keys, shop, 'sbtl', now);
  const bytes = Buffer.from(value, 'base64url');
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ (1 << bit);
      expect(readToken(keys, shop, changed.toString('base64url'))).toBeNull();
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ minLength: value.length, maxLength: value.length })), (text) => {
      expect(readToken(keys, shop, text)).toBeNull();
    }),
  );
});

test('it speaks 93 days (sbt) or 180 (sbtl), is renewed under its id, and ends 13 months after the first', () => {
  const first = read(mintToken(keys, shop, 'sbt', now));
  expect([tokenStands(first, now + 93 * day - 1, 0), tokenStands(first, now + 93 * day, 0)]).toEqual([true, false]);
  const handed = read(mintToken(keys, shop, 'sbtl', now));
  expect([tokenStands(handed, now + 180 * day - 1, 0), tokenStands(handed, now + 180 * day, 0)]).toEqual([true, false]);
  expect([renewalDue(first, now + 29 * day), renewalDue(first, now + 31 * day)]).toEqual([false, true]);
  let token = first;
  let at = now;
  for (let renewals = 0; renewals < 20 && renewalDue(token, at + 40 * day); renewals++) {
    at += 40 * day;
    token = read(mintToken(keys, shop, 'sbt', at, token));
    expect([token.id, token.firstAt]).toEqual([first.id, now]);
  }
  expect(at - now).toBeLessThan(395 * day);
  expect(tokenStands(token, now + 395 * day, 0)).toBe(false);
});

test('what is sealed opens in its place only', () => {
  const sealed = sealText(keys, 'clé privée', 'a');
  expect(openText(keys, sealed, 'a')).toBe('clé privée');
  expect(() => openText(keys, sealed, 'b')).toThrow();
  expect(() => openText(deriveKeys('another secret, as long'), sealed, 'a')).toThrow();
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  expect(() => openText(keys, sealed, 'a')).toThrow();
});
