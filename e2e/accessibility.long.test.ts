import { expect, test } from 'vitest';
import { seriousFaults } from './accessibility.ts';

test('no screen has a serious fault, in any theme at any width', async () => {
  expect(
    await seriousFaults([
      ['light', 390],
      ['dark', 1280],
      ['light', 768],
      ['dark', 768],
    ]),
  ).toEqual({});
});
