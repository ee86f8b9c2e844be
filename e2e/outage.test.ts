import { expect, test } from 'vitest';
import { outage } from './outage.ts';

test('the database is stopped under load and a web process killed meanwhile: every answered order is there, once', async () => {
  const report = await outage({ callers: 100, pauseMs: 10, seconds: 0, calls: 1500 });
  expect(report).toMatchObject({
    durability: { fsync: 'on', synchronousCommit: 'on' },
    lost: 0,
    doubled: 0,
    waiting: 0,
    wrongBases: 0,
    otherAnswers: [],
    readyWhileAway: { status: 'ready', database: 'away' },
  });
  expect(report.turnoverMinor).toBe(report.expectedTurnoverMinor);
  expect(report.acknowledgedWhileAway).toBeGreaterThanOrEqual(1500);
  expect(report.spooled).toBeGreaterThan(300);
});
