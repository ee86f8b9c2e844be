import { expect, test } from 'vitest';
import { breachesThrough, doorsOfTheLaws } from './testing/door-laws.ts';

test.each(Object.entries(doorsOfTheLaws))(
  'histories told through %s hold the laws, and replay to what is stored',
  async (_, door) => {
    expect((await breachesThrough(door, 10)).slice(0, 10)).toEqual([]);
  },
);
