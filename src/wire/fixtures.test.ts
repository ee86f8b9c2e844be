/** Golden pairs: `<format>/fixtures/<call>.<case>.txt` holds the bytes as sent, the `.json` beside it what they say. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { decode } from './decode.ts';
import type { WireFormat } from './decoded.ts';

const room = dirname(fileURLToPath(import.meta.url));
const formats: Readonly<Record<string, WireFormat>> = {
  track: 'track',
  'create-order': 'v1/CreateOrder',
  'update-order': 'v1/UpdateOrder',
  'create-account': 'v1/CreateAccount',
  'update-account': 'v1/UpdateAccount',
  'regen-cookie': 'v1/RegenCookie',
  'customers-consents': 'v2/customers-consents',
  cagnottes: 'v2/cagnottes',
  trigger: 'v3/trigger',
  stop: 'v3/stop',
  own: 'own',
  collect: 'collect',
  ingest: 'ingest',
};

const pairs = ['spread-track', 'spread-v1', 'spread-v2', 'spread-v3', 'own', 'collect'].flatMap((folder) =>
  readdirSync(join(room, folder, 'fixtures'))
    .filter((file) => file.endsWith('.txt'))
    .map((file) => join(folder, 'fixtures', file)),
);

test('every quirk has its pair', () => {
  expect(pairs.length).toBeGreaterThanOrEqual(170);
});

test.each(pairs)('%s', async (pair) => {
  const call = pair.split('/').at(-1)?.split('.')[0] ?? '';
  const format = formats[call];
  if (format === undefined) throw new Error(`no format is called ${call}`);
  const raw = readFileSync(join(room, pair));
  const bytes = raw.at(-1) === 10 ? raw.subarray(0, -1) : raw;
  const decoded = decode(format, bytes, call === 'regen-cookie' ? 'MINTED' : null);
  // Golden: written with `vitest run src/wire -u`, then read by a person before it is committed.
  await expect(`${JSON.stringify(decoded, null, 2)}\n`).toMatchFileSnapshot(join(room, pair.replace(/txt$/, 'json')));
});
