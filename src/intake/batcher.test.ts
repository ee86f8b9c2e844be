import { expect, test } from 'vitest';
import { shopId } from '#domain/ids.ts';
import { Batcher, type BatchRow } from './batcher.ts';
import { IntakeUnavailable, OverCapacity } from './engine.ts';
import { decodeBatch, type Envelope } from './envelope.ts';

function item(shop: number, text: string): Envelope {
  return {
    shopId: shopId(shop),
    format: 'track',
    arrivedAt: 1_000,
    source: { kind: 'browser' },
    pageHost: null,
    mayRead: false,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(text),
  };
}

function textsOf(row: BatchRow | undefined): string[] {
  return decodeBatch(row?.body ?? Buffer.alloc(0)).map((one) => Buffer.from(one.raw).toString());
}

/** A sink whose flushes end when the test says so. */
function sink() {
  const flushes: { rows: readonly BatchRow[]; end: (error?: Error) => void }[] = [];
  let arrived = () => {};
  let id = 0;
  return {
    flushes,
    next: async (n: number) => {
      while (flushes.length < n) await new Promise<void>((resolve) => (arrived = resolve));
      const flush = flushes[n - 1];
      if (flush === undefined) throw new Error('no flush');
      return flush;
    },
    options: {
      shards: 4,
      nextBatchId: () => ++id,
      write: (rows: readonly BatchRow[]) =>
        new Promise<void>((resolve, reject) => {
          flushes.push({ rows, end: (error) => (error ? reject(error) : resolve()) });
          arrived();
        }),
    },
  };
}

test('answers only after the write, and gathers what comes while one is in flight', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const answered: string[] = [];
  const first = batcher.append(item(1, 'a'), 'live').then((done) => answered.push(`a${done.seq}`));
  const one = await s.next(1);
  const rest = ['b', 'c', 'd'].map((text) => batcher.append(item(1, text), 'live'));
  expect(answered).toEqual([]);
  expect(s.flushes).toHaveLength(1);
  one.end();
  await first;
  expect(answered).toEqual(['a1024']);
  const two = await s.next(2);
  expect(two.rows).toHaveLength(1);
  expect(textsOf(two.rows[0])).toEqual(['b', 'c', 'd']);
  two.end();
  expect((await Promise.all(rest)).map((done) => done.seq)).toEqual([2048n, 2049n, 2050n]);
});

test('one row per shard and lane, in order of arrival, each with its own batch id', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const all = [
    batcher.append(item(1, 'a'), 'live'),
    batcher.append(item(2, 'b'), 'live'),
    batcher.append(item(5, 'c'), 'live'),
    batcher.append(item(1, 'd'), 'bulk'),
  ];
  const flush = await s.next(1);
  expect(flush.rows.map((row) => [row.shard, row.lane, row.n, textsOf(row)])).toEqual([
    [1, 'live', 2, ['a', 'c']],
    [2, 'live', 1, ['b']],
    [1, 'bulk', 1, ['d']],
  ]);
  expect(new Set(flush.rows.map((row) => row.batchId)).size).toBe(3);
  flush.end();
  await Promise.all(all);
});

test('a row of the bulk lane holds at most 100 items, in their order', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const all = Array.from({ length: 230 }, (_, i) => batcher.append(item(1, `${i}`), 'bulk'));
  const flush = await s.next(1);
  expect(flush.rows.map((row) => row.n)).toEqual([100, 100, 30]);
  expect(flush.rows.flatMap(textsOf)).toEqual(Array.from({ length: 230 }, (_, i) => `${i}`));
  flush.end();
  const seqs = (await Promise.all(all)).map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(230);
  expect(seqs).toEqual(seqs.toSorted((a, b) => (a < b ? -1 : 1)));
});

test('at most 500 items or 256 KB travel together, a larger one alone', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const all = Array.from({ length: 501 }, (_, i) => batcher.append(item(1, `${i}`), 'live'));
  all.push(batcher.append(item(1, 'x'.repeat(1_000_000)), 'live'), batcher.append(item(1, 'y'), 'live'));
  for (let n = 1; n <= 4; n++) (await s.next(n)).end();
  await Promise.all(all);
  expect(s.flushes.map((flush) => flush.rows[0]?.n)).toEqual([500, 1, 1, 1]);
});

test('a failed write fails its callers only, and the next flush goes on', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const lost = batcher.append(item(1, 'a'), 'live');
  const one = await s.next(1);
  const kept = batcher.append(item(1, 'b'), 'live');
  one.end(new Error('gone'));
  await expect(lost).rejects.toThrow(IntakeUnavailable);
  (await s.next(2)).end();
  expect((await kept).seq).toBe(2048n);
});

test('a full queue refuses, by items and by bytes, and says how full it is', async () => {
  const s = sink();
  const batcher = new Batcher({ ...s.options, maxQueuedItems: 4, maxQueuedBytes: 10_000 });
  const all = [batcher.append(item(1, 'a'), 'live')];
  const one = await s.next(1);
  all.push(batcher.append(item(1, 'b'), 'live'), batcher.append(item(1, 'c'), 'live'));
  expect(batcher.pressure()).toBe(0.5);
  all.push(batcher.append(item(2, 'x'.repeat(20_000)), 'live'));
  expect(batcher.pressure()).toBe(1);
  await expect(batcher.append(item(3, 'd'), 'live')).rejects.toThrow(OverCapacity);
  one.end();
  (await s.next(2)).end();
  await Promise.all(all);
  expect(batcher.pressure()).toBe(0);
});

test('who waited too long for a flush is told to come again; the others travel', async () => {
  const s = sink();
  let now = 0;
  const batcher = new Batcher({ ...s.options, clock: () => now, maxWaitMs: 1_000 });
  const first = batcher.append(item(1, 'a'), 'live');
  const one = await s.next(1);
  const late = batcher.append(item(1, 'b'), 'live');
  now = 1_500;
  const fresh = batcher.append(item(1, 'c'), 'live');
  one.end();
  await first;
  await expect(late).rejects.toThrow(OverCapacity);
  const two = await s.next(2);
  expect(textsOf(two.rows[0])).toEqual(['c']);
  two.end();
  await fresh;
  expect(batcher.pressure()).toBe(0);
});

test('stopping waits for what was taken and refuses the rest', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const taken = batcher.append(item(1, 'a'), 'live');
  const stopped = batcher.stop();
  await expect(batcher.append(item(1, 'b'), 'live')).rejects.toThrow(OverCapacity);
  (await s.next(1)).end();
  await stopped;
  expect((await taken).seq).toBe(1024n);
});

test('a shop may hold a part of the queue only, and the others the rest', async () => {
  const s = sink();
  const batcher = new Batcher({ ...s.options, maxQueuedItems: 8 });
  const all = [batcher.append(item(1, 'a'), 'live')];
  const one = await s.next(1);
  for (let i = 0; i < 4; i++) all.push(batcher.append(item(1, `${i}`), 'live'));
  await expect(batcher.append(item(1, 'too many'), 'live')).rejects.toThrow(OverCapacity);
  for (let i = 0; i < 4; i++) all.push(batcher.append(item(2, `${i}`), 'live'));
  one.end();
  (await s.next(2)).end();
  await Promise.all(all);
});

test('who comes after a flood travels with the next flush', async () => {
  const s = sink();
  const batcher = new Batcher(s.options);
  const flood = Array.from({ length: 2_001 }, (_, i) => batcher.append(item(1, `${i}`), 'live'));
  const one = await s.next(1);
  const calm = ['a', 'b'].map((text) => batcher.append(item(2, text), 'live'));
  one.end();
  const two = await s.next(2);
  expect(two.rows.flatMap((row) => textsOf(row)).filter((text) => !/\d/.test(text))).toEqual(['a', 'b']);
  expect(two.rows.reduce((sum, row) => sum + row.n, 0)).toBe(500);
  two.end();
  await Promise.all(calm);
  for (let n = 3; n <= 5; n++) (await s.next(n)).end();
  await Promise.all(flood);
  const floods = s.flushes
    .flatMap((flush) => flush.rows)
    .filter((row) => row.shard === 1)
    .flatMap(textsOf);
  expect(floods).toEqual(Array.from({ length: 2_001 }, (_, i) => `${i}`));
});
