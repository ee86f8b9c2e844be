import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gunzipSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { openScriptArchive } from './released-scripts.ts';
import { trackerFiles } from './tracker-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracker-files-'));
let app: FastifyInstance;
let base: TestDatabase;
const faults: string[] = [];

/** A release: its script under the stable and under the versioned name. */
function release(code: string, version: string): void {
  for (const name of ['tracker.js', `tracker.${version}.js`]) {
    writeFileSync(join(folder, name), code);
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(code));
  }
}

async function serve(): Promise<FastifyInstance> {
  const server = fastify();
  const archive = openScriptArchive({
    folder,
    pool: base.pool,
    now: Date.now,
    onFault: (event) => faults.push(event),
  });
  await server.register(trackerFiles, { folder, archive });
  await server.ready();
  return server;
}

beforeAll(async () => {
  base = await testDatabase();
  release('before()', 'aaaaaaaaaaaa');
  await (await serve()).close();
  rmSync(join(folder, 'tracker.aaaaaaaaaaaa.js'));
  rmSync(join(folder, 'tracker.aaaaaaaaaaaa.js.br'));
  release('now()', '0123456789ab');
  writeFileSync(join(folder, 'tracker.d.ts'), 'export {};');
  app = await serve();
});
afterAll(async () => {
  await app.close();
  await base.close();
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

test('the version of a release before stays, byte for byte, in each encoding', async () => {
  const ask = (encoding: string) =>
    app.inject({ url: '/js/tracker.aaaaaaaaaaaa.js', headers: { 'accept-encoding': encoding } });
  const [plain, br, gzip] = [await ask('identity'), await ask('gzip, br'), await ask('gzip')];
  expect([plain.body, plain.headers['content-encoding']]).toEqual(['before()', undefined]);
  expect(brotliDecompressSync(br.rawPayload).toString()).toBe('before()');
  expect(gunzipSync(gzip.rawPayload).toString()).toBe('before()');
  for (const { headers } of [plain, br, gzip]) {
    expect(headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
      'content-type': 'text/javascript; charset=utf-8',
      vary: 'accept-encoding',
    });
  }
});

test('a version that nobody knows is answered with the script of this release, and few of them ask the database', async () => {
  for (let n = 0; n < 40; n++) {
    const answer = await app.inject(`/js/tracker.${n.toString(16).padStart(12, 'f')}.js`);
    expect([answer.statusCode, answer.body, answer.headers['cache-control']]).toEqual([
      200,
      'now()',
      'public, max-age=60',
    ]);
  }
  expect((await app.inject('/js/tracker.aaaaaaaaaaaa.js')).body).toBe('before()');
});

test('without the database pages get the script all the same', async () => {
  const ended = await testDatabase();
  await ended.close();
  const archive = openScriptArchive({
    folder,
    pool: ended.pool,
    now: Date.now,
    onFault: (event) => faults.push(event),
  });
  archive.start();
  await archive.stop();
  expect([await archive.find('tracker.bbbbbbbbbbbb.js', 'br'), faults]).toEqual([
    null,
    ['tracker.archive', 'tracker.archive'],
  ]);
});

test('the declarations are text, and nothing else of the folder is given away', async () => {
  expect((await app.inject('/js/tracker.d.ts')).headers['content-type']).toMatch(/^text\/plain/);
  for (const path of ['other.js', '..%2fpackage.json', 'tracker.js.br']) {
    expect((await app.inject(`/js/${path}`)).statusCode).toBe(404);
  }
});
