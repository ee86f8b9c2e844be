import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trackerFiles } from './tracker-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracker-files-'));
let app: FastifyInstance;

beforeAll(async () => {
  for (const name of ['tracker.js', 'tracker.0123456789ab.js']) {
    writeFileSync(join(folder, name), 'now()');
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync('now()'));
  }
  writeFileSync(join(folder, 'tracker.d.ts'), 'export {};');
  app = fastify();
  await app.register(trackerFiles, { folder });
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('a version stays for a year, the stable address for an hour, both for every page', async () => {
  const version = await app.inject({ url: '/js/tracker.0123456789ab.js', headers: { 'accept-encoding': 'br' } });
  expect(version.headers).toMatchObject({
    'cache-control': 'public, max-age=31536000, immutable',
    'content-encoding': 'br',
    'access-control-allow-origin': '*',
    'cross-origin-resource-policy': 'cross-origin',
  });
  expect(version.headers['content-type']).toMatch(/javascript/);
  expect(brotliDecompressSync(version.rawPayload).toString()).toBe('now()');
  const stable = await app.inject('/js/tracker.js');
  expect([stable.body, stable.headers['cache-control']]).toEqual(['now()', 'public, max-age=3600']);
});

test('the version of another release is answered with the script of this one', async () => {
  const answer = await app.inject('/js/tracker.ffffffffffff.js');
  expect([answer.statusCode, answer.body, answer.headers['cache-control']]).toEqual([
    200,
    'now()',
    'public, max-age=3600',
  ]);
});

test('the declarations are text, and nothing else of the folder is given away', async () => {
  expect((await app.inject('/js/tracker.d.ts')).headers['content-type']).toMatch(/^text\/plain/);
  for (const path of ['other.js', '..%2fpackage.json', 'tracker.js.br']) {
    expect((await app.inject(`/js/${path}`)).statusCode).toBe(404);
  }
});
