import { expect, test } from 'vitest';
import { outage } from './outage.ts';

test('the database is stopped for a minute under load and a web process killed meanwhile: every answered order is there, once', async () => {
  const report = await outage({ callers: 100, pauseMs: 100, seconds: 60, calls: 10_000 });
  expect(report).toMatchObject({ lost: 0, doubled: 0, waiting: 0, wrongBases: 0, otherAnswers: [] });
  expect(report.turnoverMinor).toBe(report.expectedTurnoverMinor);
  expect(report.acknowledgedWhileAway).toBeGreaterThanOrEqual(10_000);
  expect(report.spooled).toBeGreaterThan(3_000);
});
