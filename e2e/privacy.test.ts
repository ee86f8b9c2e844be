import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endProcesses, freshDataDir, startProcess } from './harness.ts';

let dataDir: Awaited<ReturnType<typeof freshDataDir>>;

beforeEach(async () => {
  dataDir = await freshDataDir();
});
afterEach(async () => {
  await endProcesses();
  await dataDir.remove();
});

const person = {
  email: 'jeanne.testeuse@courriel.example',
  firstname: 'Jeannette',
  name: 'Testeuse',
  phone: '0612345678',
  address: '7 impasse des Mimosas',
};
const secrets = ['log-private-key', 'a wrong private key', 'a wrong password', 'Mozilla-of-a-test', '192.0.2.77'];

test('neither the logs nor the database log name a person, a query or a secret', async () => {
  const program = await startProcess({
    DATA_DIR: dataDir.path,
    LOG_LEVEL: 'debug',
    SHOP_PUBLIC_KEY: 'log-public-key',
    SHOP_PRIVATE_KEY: 'log-private-key',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  const headers = { 'user-agent': 'Mozilla-of-a-test', 'x-forwarded-for': '192.0.2.77' };
  const basic = (key: string): Record<string, string> => ({
    ...headers,
    authorization: `Basic ${Buffer.from(`log-public-key:${key}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  });
  const call = (path: string, init: RequestInit = {}): Promise<number> =>
    fetch(`${program.url}${path}`, { headers, ...init }).then((answer) => answer.status);
  const form = new URLSearchParams({ ...person, 'data[id]': 'L-1' }).toString();
  const statuses = [
    await call(`/track?site=log-public-key&type=order&${form}`),
    await call(`/track?site=log-public-key&${form}&name=%00%ff`),
    await call(`/sp-json.php?publicKey=log-public-key&email=${person.email}`),
    await call(`/nowhere/${person.email}?${form}`),
    await call('/api/CreateOrder', { method: 'POST', headers: basic('log-private-key'), body: form }),
    await call('/api/CreateOrder', { method: 'POST', headers: basic('a wrong private key'), body: form }),
    await call('/api/CreateAccount', {
      method: 'POST',
      headers: basic('log-private-key'),
      body: `${form}&birthday=%00`,
    }),
    await call('/api/session', {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ email: person.email, password: 'a wrong password' }),
    }),
  ];
  expect(statuses.filter((status) => status >= 500)).toEqual([]);
  const { stdout, stderr } = await program.end('SIGTERM');
  expect(stderr).toContain('"route"');
  const serverLog = await readFile(join(dataDir.path, 'postgres/server.log'), 'utf8');
  const everything = `${stdout}${stderr}${serverLog}`.toLowerCase();
  const words = [...Object.values(person), 'site=', 'type=order', ...secrets];
  expect(words.filter((word) => everything.includes(word.toLowerCase()))).toEqual([]);
});
