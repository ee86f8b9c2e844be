import fc from 'fast-check';
import { describe, it } from 'vitest';
import { laws } from './testing/laws.ts';

describe('laws of the rules, over random histories', () => {
  for (const { name, share, property } of laws) {
    it(name, () => {
      fc.assert(property, { numRuns: share * 400 });
    });
  }
});
