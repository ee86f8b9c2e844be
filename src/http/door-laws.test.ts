import { expect, test } from 'vitest';
import { breachesThrough, doorTells } from './testing/door-laws.ts';

test.each(Object.entries(doorTells))(
  'histories told through %s hold the laws, and replay to what is stored',
  async (_, tell) => {
    expect((await breachesThrough(tell, 25)).slice(0, 10)).toEqual([]);
  },
);
