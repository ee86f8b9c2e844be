import fc from 'fast-check';
import { describe, it } from 'vitest';
import { laws } from './testing/laws.ts';

const shares = laws.reduce((sum, { share }) => sum + share, 0);

describe('laws of the rules, over 100,000 random histories', () => {
  for (const { name, share, property } of laws) {
    it(name, { timeout: 3_600_000 }, () => {
      fc.assert(property, { numRuns: Math.ceil((100_000 * share) / shares) });
    });
  }
});
