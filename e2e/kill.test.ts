import { expect, test } from 'vitest';
import { killRounds } from './kill.ts';

test('20 kills of any process under 300 calls in flight: every acknowledged order is there, none twice', {
  timeout: 600_000,
}, async () => {
  const { killed, acknowledged, turnoverMinor, expectedTurnoverMinor, ...report } = await killRounds(20, 2026);
  expect(report).toEqual({
    durability: { fsync: 'on', synchronousCommit: 'on' },
    lost: 0,
    doubled: 0,
    waiting: 0,
    wrongBases: 0,
  });
  expect(turnoverMinor).toBe(expectedTurnoverMinor);
  expect(acknowledged).toBeGreaterThan(2000);
  expect(Math.min(...Object.values(killed))).toBeGreaterThan(0);
});
