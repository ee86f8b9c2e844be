/** The scripts as the program hands them out: compressed, cached, open to every page, and what their integrity value says. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { trackerScripts } from '../src/tracker/bundle.ts';
import { startTestProgram, type TestProgram } from './harness.ts';

let program: TestProgram;
let manifest: Record<string, { versioned: string; integrity: string }>;

beforeAll(async () => {
  program = await startTestProgram({ DEMO: 'off' });
  manifest = JSON.parse((await ask('/js/manifest.json')).body.toString());
});
afterAll(() => program.stop());

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As it comes over the wire: nothing is unpacked. */
async function ask(path: string, headers: Record<string, string> = {}): Promise<Answer> {
  const [answer] = (await once(get(program.url + path, { headers }), 'response')) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await buffer(answer) };
}

const browsers = 'gzip, deflate, br, zstd';

test('the manifest names every script', () => {
  expect(Object.keys(manifest).sort()).toEqual([...trackerScripts].sort());
});

test.each(trackerScripts)('%s.js, under both its addresses', async (name) => {
  const { versioned, integrity } = manifest[name] ?? { versioned: '', integrity: '' };
  for (const [file, cache] of [
    [`${name}.js`, 'public, max-age=3600'],
    [versioned, 'public, max-age=31536000, immutable'],
  ] as const) {
    const plain = await ask(`/js/${file}`);
    const brotli = await ask(`/js/${file}`, { 'accept-encoding': browsers });
    const gzip = await ask(`/js/${file}`, { 'accept-encoding': 'gzip' });
    for (const { status, headers } of [plain, brotli, gzip]) {
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-type': expect.stringMatching(/^(text|application)\/javascript/),
        'cache-control': cache,
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
        vary: expect.stringMatching(/accept-encoding/i),
      });
      expect(headers['set-cookie']).toBeUndefined();
    }
    expect([plain, brotli, gzip].map(({ headers }) => headers['content-encoding'])).toEqual([undefined, 'br', 'gzip']);
    expect(brotliDecompressSync(brotli.body).equals(plain.body)).toBe(true);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    expect(`sha384-${createHash('sha384').update(plain.body).digest('base64')}`).toBe(integrity);
    // What a page asks again about costs no body.
    const again = await ask(`/js/${file}`, {
      'accept-encoding': browsers,
      'if-none-match': String(brotli.headers.etag),
    });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    expect(again.headers).toMatchObject({ 'cache-control': cache, 'access-control-allow-origin': '*' });
  }
});

test('the declarations are those of the source', async () => {
  const { headers, body } = await ask('/js/tracker.d.ts');
  expect(headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(body.toString()).toBe(readFileSync(join(import.meta.dirname, '../src/tracker/api.ts'), 'utf8'));
});
