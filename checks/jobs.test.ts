/** The health screen names every job there is. */
import { expect, test } from 'vitest';
import { fr } from '#contract/messages/fr.ts';
import { listFiles, readText } from './files.ts';

test('every job has a word of its own, and no word is left of one that is gone', () => {
  const named = (pattern: RegExp, ...places: string[]) =>
    listFiles(...places)
      .filter((path) => !path.includes('.test.'))
      .flatMap((path) => [...readText(path).matchAll(pattern)].map((match) => match[1]));
  const names = [
    ...named(/^ {4}name: '([a-z-]+)'/gm, 'src/jobs/*.ts'),
    ...named(/Job(?:Name)? = '([a-z-]+)'/g, 'src/jobs/*.ts', 'src/store/*.ts', 'src/apply/*.ts'),
  ];
  const words = Object.keys(fr).flatMap((key) => (key.startsWith('job.') ? [key.slice('job.'.length)] : []));
  expect(words.length).toBeGreaterThan(10);
  expect(words.sort()).toEqual([...new Set(names)].sort());
});
