import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchIds, batchTime, seqOf } from './batch-id.ts';

const start = Date.UTC(2026, 10, 24);

test('ids grow whatever the clock does, stay apart between instances and fit their columns', () => {
  const clock = fc.array(fc.integer({ min: -5000, max: 5000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(clock, fc.integer({ min: 0, max: 126 }), (steps, instance) => {
      const one = new BatchIds(instance, 0);
      const other = new BatchIds(instance + 1, 0);
      const ids = steps.map((step) => one.next(start + step));
      const others = new Set(steps.map((step) => other.next(start + step)));
      for (const [i, id] of ids.entries()) {
        if (i > 0) expect(id).toBeGreaterThan(ids[i - 1] ?? 0);
        expect(others.has(id)).toBe(false);
        expect(Number.isSafeInteger(id)).toBe(true);
      }
      expect(seqOf(ids[0] ?? 0, 499) < 2n ** 63n).toBe(true);
    }),
  );
});

test('an id carries its time', () => {
  const id = new BatchIds(3, 0).next(start + 17);
  expect(batchTime(id)).toBe(start + 17);
});

test('a clock set back makes no id that was used before it', () => {
  const used = new BatchIds(3, 0).next(start);
  expect(new BatchIds(3, used).next(start - 3_600_000)).toBeGreaterThan(used);
});

test('the year 2090 still fits', () => {
  expect(Number.isSafeInteger(new BatchIds(127, 0).next(Date.UTC(2090, 0, 1)))).toBe(true);
});
