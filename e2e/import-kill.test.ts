import { afterAll, expect, test } from 'vitest';
import { endProcesses } from './harness.ts';
import { importUnderKills, orderFile } from './import-kill.ts';

afterAll(endProcesses);

test('an import killed in the middle goes on at the next start, and ends with exactly the right tables', {
  timeout: 300_000,
}, async () => {
  const lines = 9_000;
  const file = orderFile(lines);
  const alone = await importUnderKills(file, lines, 0);
  const killed = await importUnderKills(file, lines, 2);
  expect(killed.killed).toBe(2);
  expect(killed.tables).toEqual(alone.tables);
  expect(killed.counts).toEqual(alone.counts);
  // the same file again changes nothing
  expect(killed.again.filter((line) => !line.startsWith('refused'))).toEqual([
    expect.stringMatching(/^unchanged \d+$/),
  ]);
});
