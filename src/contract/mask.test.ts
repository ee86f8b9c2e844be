import { expect, test } from 'vitest';
import { maskEmail, maskText } from './mask.ts';

test.each([
  ['jean@exemple.com', 'j••@e••.com'],
  ['a@b', 'a••@b••'],
  ['x@sub.shop.co.uk', 'x••@s••.uk'],
  ['éa@exemple.fr', 'é••@e••.fr'],
  ['"odd@name"@host.example', '"••@h••.example'],
  ['lea@host.dupont-lea', 'l••@h••'],
  ['no address', '•••'],
  ['@nobody.example', '•••'],
])('%s shows as %s', (given, shown) => {
  expect(maskEmail(given)).toBe(shown);
});

test('a text shows nothing of itself, not even its length', () => {
  expect([maskText(''), maskText('Léa'), maskText('0612345678')]).toEqual(['', '•••', '•••']);
});
