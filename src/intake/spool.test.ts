import { mkdtemp, readdir, readFile, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { BatchRow } from './batcher.ts';
import { openSpool, Spool, SpoolFull } from './spool.ts';
import { takesWhileSpooling } from './spool-share.ts';

let folder: string;
let faults: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spread-spool-'));
  faults = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const day = 86_400_000;
/** A process number that is not in use: larger than any Linux gives. */
const deadPid = 2_000_000_000;

function row(batchId: number, body = `body ${batchId}`): BatchRow {
  return {
    shard: batchId % 4,
    lane: batchId % 3 === 0 ? 'bulk' : 'live',
    batchId,
    receivedAt: 1_000 + batchId,
    n: 2,
    body: Buffer.from(body),
  };
}

function open(options: { maxBytes?: number; fileBytes?: number } = {}): Spool {
  return new Spool({ folder, maxBytes: 10_000_000, onFault: (event) => faults.push(event), ...options });
}

async function drain(spool: Spool, limit = 10): Promise<number[]> {
  const ids: number[] = [];
  for (let rows = await spool.next(limit); rows.length > 0; rows = await spool.next(limit)) {
    ids.push(...rows.map((one) => one.batchId));
    await spool.done(rows);
  }
  return ids;
}

/** Leaves the files as a process does that was killed. */
async function leave(spool: Spool, pid = deadPid, host = 'elsewhere'): Promise<string[]> {
  await spool.close();
  const names = (await readdir(folder)).filter((name) => name.includes(`-${process.pid}-`));
  const left = names.map((name) => name.replace(/-[a-z0-9-]+-\d+-([0-9a-f]{8}-\d+\.spool)$/, `-${host}-${pid}-$1`));
  for (const [i, name] of names.entries()) await rename(join(folder, name), join(folder, left[i] ?? ''));
  return left.map((name) => join(folder, name));
}

const here = hostname()
  .toLowerCase()
  .replace(/[^a-z0-9-]/g, '-');

test('rows come back as they went in, in order, and leave the disk when they are done', async () => {
  const spool = open({ fileBytes: 200 });
  const rows = Array.from({ length: 20 }, (_, i) => row(i + 1));
  for (const one of rows) await spool.append([one]);
  expect([spool.calls, spool.oldestAt, spool.newestBatchId, spool.empty]).toEqual([40, 1_001, 20, false]);
  expect((await readdir(folder)).length).toBeGreaterThan(3);
  expect(await spool.next(3)).toEqual(rows.slice(0, 3));
  expect(await drain(spool, 3)).toEqual(rows.map((one) => one.batchId));
  expect([spool.calls, spool.bytes, spool.empty]).toEqual([0, 0, true]);
  await spool.append([row(21)]);
  expect(await drain(spool)).toEqual([21]);
  await spool.clear();
  expect(await readdir(folder)).toEqual([]);
});

test('a body larger than what is read at once comes back whole', async () => {
  const spool = open();
  const large = row(2, 'x'.repeat(3_000_000));
  await spool.append([row(1), large, row(3)]);
  expect(await drain(spool)).toEqual([1, 2, 3]);
  await spool.append([large]);
  expect((await spool.next(1))[0]?.body.equals(large.body)).toBe(true);
  await spool.close();
});

test('what a dead process left is taken over, cut at a torn last record wherever the tear is', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(160), async (cut) => {
      const dead = open();
      for (let id = 1; id <= 4; id++) await dead.append([row(id)]);
      const [path = ''] = await leave(dead, deadPid, here);
      const { length } = await readFile(path);
      await truncate(path, length - cut);
      const spool = open();
      expect(await spool.adopt(Date.now())).toBe(1);
      const whole = Math.floor((length - 8 - cut) / ((length - 8) / 4));
      const ids = [1, 2, 3, 4].slice(0, Math.max(0, whole));
      expect(spool.calls).toBe(2 * ids.length);
      expect(await drain(spool)).toEqual(ids);
      expect(await readdir(folder)).toEqual([]);
      expect(faults).toEqual([]);
    }),
    { numRuns: 25 },
  );
});

test('a damaged record ends what is read; the file is kept for a person', async () => {
  const dead = open();
  for (let id = 1; id <= 4; id++) await dead.append([row(id)]);
  const [path = ''] = await leave(dead);
  const bytes = await readFile(path);
  bytes[8 + 2 * ((bytes.length - 8) / 4) + 20] = 0xff;
  await writeFile(path, bytes);
  await utimes(path, 0, 0);
  const spool = open();
  await spool.adopt(Date.now());
  expect(await drain(spool)).toEqual([1, 2]);
  expect(faults).toEqual(['spool.damaged']);
  expect((await readdir(folder)).map((name) => name.endsWith('.spool.damaged'))).toEqual([true]);
});

test('a living process keeps its files, a dead one does not; other machines are told by the last touch', async () => {
  const mine = open();
  await mine.append([row(1)]);
  const other = open();
  await other.append([row(2)]);
  const third = open();
  expect(await third.adopt(Date.now())).toBe(2);
  await third.close();
  await leave(third, process.ppid, here);
  const spool = open();
  expect(await spool.adopt(Date.now())).toBe(0);
  expect(await spool.adopt(Date.now() + 61_000)).toBe(2);
  await spool.append([row(3)]);
  expect(await drain(spool)).toEqual([1, 2, 3]);
  await mine.close();
  await other.close();
});

test('files taken over while others are read go before what this process spooled later', async () => {
  const dead = open();
  await dead.append([row(5)]);
  await leave(dead);
  const spool = open({ fileBytes: 40 });
  for (let id = 11; id <= 13; id++) await spool.append([row(id)]);
  const first = await spool.next(1);
  await spool.adopt(Date.now() + 61_000);
  await spool.done(first);
  expect([first[0]?.batchId, ...(await drain(spool))]).toEqual([11, 5, 12, 13]);
});

test('files older than 30 days are left for a person', async () => {
  const dead = open();
  await dead.append([row(1)]);
  const [path = ''] = await leave(dead);
  const now = Date.now() + 31 * day;
  const spool = open();
  expect(await spool.adopt(now)).toBe(0);
  expect(await spool.adopt(now)).toBe(0);
  expect([spool.tooOld, faults]).toEqual([1, ['spool.too_old']]);
  expect((await readFile(path)).length).toBeGreaterThan(8);
});

test('it is bounded, and says how full it is', async () => {
  const spool = open({ maxBytes: 200 });
  await spool.append([row(1), row(2), row(3)]);
  expect(spool.fill).toBeGreaterThan(0.5);
  await expect(spool.append([row(4), row(5), row(6)])).rejects.toThrow(SpoolFull);
  expect(await drain(spool)).toEqual([1, 2, 3]);
  await spool.append([row(7)]);
  expect(await drain(spool)).toEqual([7]);
  await spool.close();
});

test('what matters less is refused before the room is gone', () => {
  const taken = (fill: number) =>
    (['system', 'browser', 'server', 'staff'] as const).filter((kind) => takesWhileSpooling(kind, 'live', fill));
  expect([0, 0.5, 0.8, 1].map(taken)).toEqual([
    ['system', 'browser', 'server', 'staff'],
    ['browser', 'server', 'staff'],
    ['server', 'staff'],
    ['server', 'staff'],
  ]);
  expect(takesWhileSpooling('server', 'bulk', 0.5)).toBe(false);
});

test('a folder that cannot be written has no spool', async () => {
  const path = join(folder, 'a file');
  await writeFile(path, '');
  const options = { folder: join(path, 'spool'), maxBytes: 1, onFault: () => undefined };
  expect(await openSpool(join(path, 'data'), options)).toBeNull();
  expect(await openSpool(join(folder, 'data'), options)).toBeInstanceOf(Spool);
});
