import { expect, test } from 'vitest';
import { seriousFaults } from './accessibility.ts';

test('no screen has a serious fault, in the light on a desk and in the dark on a phone', async () => {
  expect(
    await seriousFaults([
      ['light', 1280],
      ['dark', 390],
    ]),
  ).toEqual({});
});
