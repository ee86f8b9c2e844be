import { describe, expect, it } from 'vitest';
import { phoneNormal } from './phone.ts';

describe('the E.164 form of a phone (rules §2.1)', () => {
  it.each([
    ['06 12 34 56 78', '', 'FR', '+33612345678'],
    ['06.12.34.56.78', 'FR', 'BE', '+33612345678'],
    ['+32 470 12 34 56', 'FR', 'FR', '+32470123456'],
    ['0032470123456', 'FR', 'FR', '+32470123456'],
    ['0470 12 34 56', 'be', 'FR', '+32470123456'],
    ['0612345678', 'France', 'FR', '+33612345678'],
  ])('%j of %j in a shop of %s is %s', (received, country, shop, normal) => {
    expect(phoneNormal(received, country, shop)).toBe(normal);
  });

  it.each(['', 'no phone', '12', '0'.repeat(41), '+', '++33612345678x'])('%j cannot be one', (received) => {
    expect(phoneNormal(received, 'FR', 'FR')).toBeNull();
  });
});
