import { describe, expect, it } from 'vitest';
import { profileId } from './ids.ts';
import { displayName, type FieldStatement, newProfile, stateCustom, stateFields, stateTags } from './profile.ts';

const empty = newProfile(profileId(1), 'subject', 0, 0);
const by = (rank: 1 | 2 | 3, at: number, phones: FieldStatement['phones'] = 'replace'): FieldStatement => ({
  rank,
  at,
  country: 'FR',
  phones,
});

describe('profile fields (rules §2.8)', () => {
  it.each<[string, FieldStatement, FieldStatement, string]>([
    ['newer of one rank wins', by(2, 1), by(2, 2), 'second'],
    ['older of one rank loses', by(2, 2), by(2, 1), 'first'],
    ['a lower rank loses, however new', by(2, 1), by(1, 9), 'first'],
    ['a higher rank wins, however old', by(1, 9), by(2, 1), 'second'],
    ['staff stands above a server', by(3, 1), by(2, 9), 'first'],
  ])('%s', (_, one, other, expected) => {
    expect(stateFields(stateFields(empty, { city: 'first' }, one), { city: 'second' }, other).fields.city).toBe(
      expected,
    );
  });

  it('fills an empty field whatever the rank and age, and erases by nothing but null', () => {
    const cleared = stateFields(stateFields(empty, { city: 'Lyon' }, by(2, 5)), { city: null }, by(2, 6));
    expect(cleared.fields.city).toBeUndefined();
    expect(stateFields(cleared, { city: 'Nice' }, by(1, 1)).fields.city).toBe('Nice');
    const kept = stateFields(empty, { city: 'Lyon' }, by(2, 5));
    expect(stateFields(kept, { city: '' }, by(3, 9))).toBe(kept);
    expect(stateFields(kept, {}, by(3, 9))).toBe(kept);
  });

  it('takes phones in the country of the person, else of the shop', () => {
    const belgian = stateFields(empty, { mobile: '0470 12 34 56', country: 'BE' }, by(2, 1));
    expect(belgian.mobileE164).toBe('+32470123456');
    expect(stateFields(empty, { mobile: '0612345678' }, by(2, 1)).mobileE164).toBe('+33612345678');
    expect(stateFields(empty, { mobile: 'none' }, by(2, 1)).mobileE164).toBeNull();
  });

  it('replaces a phone only where it may, and a claimed one in any case of a server', () => {
    const stated = stateFields(empty, { mobile: '0611111111' }, by(2, 1));
    expect(stateFields(stated, { mobile: '0622222222' }, by(2, 2, 'fill')).fields.mobile).toBe('0611111111');
    expect(stateFields(stated, { mobile: '0622222222' }, by(2, 2, 'leave')).fields.mobile).toBe('0611111111');
    expect(stateFields(stated, { mobile: '0622222222' }, by(2, 2)).fields.mobile).toBe('0622222222');
    const claimed = stateFields(empty, { mobile: '0611111111' }, by(1, 1));
    expect(stateFields(claimed, { mobile: '0622222222' }, by(2, 2, 'fill')).fields.mobile).toBe('0622222222');
  });

  it('ranks custom fields in the same way', () => {
    const stated = stateCustom(empty, { txt1: 'blue' }, by(2, 5));
    expect(stateCustom(stated, { txt1: 'red' }, by(1, 9)).custom.txt1).toBe('blue');
    expect(stateCustom(stated, { txt1: 'red', txt2: 'x' }, by(2, 9)).custom).toEqual({ txt1: 'red', txt2: 'x' });
    expect(stateCustom(stated, { txt1: '' }, by(3, 9))).toBe(stated);
  });

  it('lets a browser add tags and remove none (rules §6.1)', () => {
    expect(stateTags(['a'], ['b', 'b'], ['a'], 1)).toEqual(['a', 'b']);
    expect(stateTags(['a'], ['b'], ['a'], 2)).toEqual(['b']);
    expect(stateTags(['a'], ['a'], ['a', 'z'], 2)).toEqual(['a']);
  });

  it('shows the part before the @ where there is no name, and never stores it', () => {
    expect(displayName({ fields: {}, email: 'marie@x.fr' })).toEqual({ name: 'marie', stand: true });
    expect(displayName({ fields: { name: 'Curie' }, email: 'marie@x.fr' })).toEqual({ name: 'Curie', stand: false });
    expect(displayName({ fields: {}, email: null })).toEqual({ name: '', stand: true });
  });
});
