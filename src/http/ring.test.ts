/** What an unknown key costs, and that one which was just made is found. */
import { expect, test } from 'vitest';
import type { ShopKey } from '#store/shop-key.ts';
import { KeyRing } from './key-ring.ts';

/** A table that answers when it is told to, with what was in it when it was asked. */
function openTable() {
  const rows: string[] = [];
  const asked: (() => void)[] = [];
  let queries = 0;
  let clock = 0;
  const load = () => {
    queries += 1;
    const seen = rows.map((publicKey) => ({ publicKey, expiresAt: null }) as ShopKey);
    return new Promise<ShopKey[]>((resolve) => asked.push(() => resolve(seen)));
  };
  return {
    ring: new KeyRing(load, () => clock),
    rows,
    queries: () => queries,
    /** Answers until nobody asks any more. */
    async answer() {
      while (asked.length > 0) {
        for (const one of asked.splice(0)) one();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
    pass(ms: number) {
      clock += ms;
    },
  };
}

test('a key made while the list was being read is found by who asked meanwhile', async () => {
  const table = openTable();
  table.pass(60_000);
  const refresh = table.ring.refresh();
  table.rows.push('just-made');
  const found = Promise.all([table.ring.findAgain('just-made'), table.ring.findAgain('just-made')]);
  await table.answer();
  await refresh;
  expect((await found).map((pair) => pair?.publicKey)).toEqual(['just-made', 'just-made']);
  expect(table.queries()).toBe(2);
});

test('who is in the list that was being read needs no other', async () => {
  const table = openTable();
  table.pass(60_000);
  table.rows.push('old');
  const refresh = table.ring.refresh();
  const found = table.ring.findAgain('old');
  await table.answer();
  await refresh;
  expect((await found)?.publicKey).toBe('old');
  expect(table.queries()).toBe(1);
});

test('wrong keys, however many and whenever they come, cost no more than two looks in two seconds', async () => {
  const table = openTable();
  table.pass(60_000);
  const seconds = 20;
  const all: Promise<ShopKey | null>[] = [];
  for (let step = 0; step < seconds * 100; step++) {
    all.push(table.ring.findAgain(`wrong-${step}`));
    // some come while an answer is awaited, some after it
    if (step % 3 === 0) await table.answer();
    table.pass(10);
  }
  await table.answer();
  expect((await Promise.all(all)).every((pair) => pair === null)).toBe(true);
  expect(table.queries()).toBeGreaterThan(seconds / 2);
  expect(table.queries()).toBeLessThanOrEqual(seconds + 1);
});
