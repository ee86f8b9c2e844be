/** The pictures and the accessibility test walk through every screen there is. */
import { expect, test } from 'vitest';
import { leadOn, screens, signedOut } from '../e2e/screens.ts';
import { readText } from './files.ts';

test('every route of the router is in the list of screens, and nothing else', () => {
  const routes = [...readText('src/ui/router.tsx').matchAll(/path: '([^']+)'/g)].map((match) => match[1]);
  const listed = [...signedOut, ...screens].map(({ route }) => route);
  expect([...listed, ...leadOn].sort()).toEqual([...new Set(routes)].sort());
});
