import { describe, expect, it } from 'vitest';
import { emailNormal } from './email.ts';

describe('the normal form of an e-mail (rules §2.1)', () => {
  it.each([
    ['  Marie.Curie@Example.COM ', 'marie.curie@example.com'],
    ['a+news@gmail.com', 'a+news@gmail.com'],
    ['a.b@gmail.com', 'a.b@gmail.com'],
    ['Ame\u0301lie@exemple.fr', 'am\u00e9lie@exemple.fr'],
    ['client@maga\u00adsin', 'client@maga\u00adsin'],
  ])('%j is %j', (received, normal) => {
    expect(emailNormal(received)).toBe(normal);
  });

  it.each([
    '',
    '   ',
    'nobody',
    '@x.fr',
    'a@',
    'a@b@c',
    'a b@x.fr',
    'a\u0000@x.fr',
    '<a@x.fr>',
    `${'a'.repeat(65)}@x.fr`,
    `a@${'b'.repeat(254)}`,
  ])('%j cannot be one', (received) => {
    expect(emailNormal(received)).toBeNull();
  });

  it('is its own normal form', () => {
    const normal = emailNormal('\u00c9LISE@Exemple.FR') ?? '';
    expect(emailNormal(normal)).toBe(normal);
  });
});
