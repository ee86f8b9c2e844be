import { afterAll, expect, test } from 'vitest';
import { endProcesses } from './harness.ts';
import { importUnderKills, orderFile } from './import-kill.ts';

afterAll(endProcesses);

test('150,000 lines under twelve kills end with exactly the tables of a run left alone', {
  timeout: 1_800_000,
}, async () => {
  const lines = 150_000;
  const file = orderFile(lines);
  const alone = await importUnderKills(file, lines, 0);
  const killed = await importUnderKills(file, lines, 12);
  expect(killed.killed).toBe(12);
  expect(killed.tables).toEqual(alone.tables);
  expect(killed.counts).toEqual(alone.counts);
  expect(killed.again.filter((line) => !line.startsWith('refused'))).toEqual([
    expect.stringMatching(/^unchanged \d+$/),
  ]);
});
