import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openGuardedFetch } from './guarded-fetch.ts';
import { type FilePlace, type RemoteFile, readRemoteFile } from './remote-file.ts';
import { newKey, type SftpServer, startSftpServer } from './testing/sftp-server.ts';

const guarded = openGuardedFetch({ allow: ['127.0.0.1'] });
const yesterday = Date.now() - 86_400_000;
let servers: SftpServer[] = [];
let server: SftpServer;
let place: FilePlace;

beforeEach(async () => {
  server = await open({ user: 'shop', password: 'sésame' });
  server.file = { path: '/out/orders.csv', bytes: randomBytes(3_000_000), modifiedAt: yesterday };
  place = {
    address: `sftp://127.0.0.1:${server.port}/out/orders.csv`,
    userName: 'shop',
    secret: { password: 'sésame' },
    hostKey: null,
  };
});
afterEach(async () => {
  await Promise.all(servers.map((one) => one.close()));
  servers = [];
});

async function open(options: Parameters<typeof startSftpServer>[0], port = 0): Promise<SftpServer> {
  const opened = await startSftpServer(options, port);
  servers.push(opened);
  return opened;
}

async function whole({ pieces }: RemoteFile): Promise<Buffer> {
  const all = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const read = (change: Partial<FilePlace> = {}, known: string | null = null) =>
  readRemoteFile(guarded, { ...place, ...change }, known, whole);

test('a file comes whole and in its order; its mark is known next time, and then nothing is read', async () => {
  const marks: (string | null)[] = [];
  const answer = await readRemoteFile(guarded, place, null, async (file) => {
    marks.push(file.mark);
    expect([file.name, file.size]).toEqual(['orders.csv', 3_000_000]);
    return whole(file);
  });
  expect(answer.word === 'read' && answer.result.equals(server.file?.bytes ?? Buffer.alloc(0))).toBe(true);
  expect(answer.hostKey).toMatch(/^ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$/);
  const { reads } = server.seen;
  expect(await read({ hostKey: answer.hostKey }, marks[0])).toEqual({ word: 'same', hostKey: answer.hostKey });
  expect(server.seen.reads).toBe(reads);
});

test('a file that was written a moment ago has no mark: the next look reads it again', async () => {
  if (server.file !== null) server.file.modifiedAt = Date.now();
  const marks: (string | null)[] = [];
  await readRemoteFile(guarded, place, null, async (file) => marks.push(file.mark));
  expect(marks).toEqual([null]);
});

test('a key instead of a password, also one behind a passphrase; a password asked for as a question', async () => {
  const key = newKey();
  const keyed = await open({ user: 'shop', publicKey: key.public });
  keyed.file = server.file;
  const address = `sftp://127.0.0.1:${keyed.port}/out/orders.csv`;
  const secret = { privateKey: key.private, passphrase: null };
  expect((await read({ address, secret })).word).toBe('read');
  const sealed = newKey('phrase');
  const behind = await open({ user: 'shop', publicKey: sealed.public });
  behind.file = server.file;
  const other = { address: `sftp://127.0.0.1:${behind.port}/out/orders.csv` };
  expect((await read({ ...other, secret: { privateKey: sealed.private, passphrase: 'phrase' } })).word).toBe('read');
  expect(await read({ ...other, secret: { privateKey: sealed.private, passphrase: 'autre' } })).toMatchObject({
    fault: 'source.auth',
  });
  const asking = await open({ user: 'shop', password: 'sésame', asks: true });
  asking.file = server.file;
  expect((await read({ address: `sftp://127.0.0.1:${asking.port}/out/orders.csv` })).word).toBe('read');
});

test('a wrong password and a wrong key are refused', async () => {
  expect(await read({ secret: { password: 'autre' } })).toMatchObject({ word: 'failed', fault: 'source.auth' });
  const secret = { privateKey: newKey().private, passphrase: null };
  expect(await read({ secret })).toMatchObject({ word: 'failed', fault: 'source.auth' });
  expect(await read({ secret: { privateKey: 'nothing of the kind', passphrase: null } })).toMatchObject({
    word: 'failed',
    fault: 'source.auth',
  });
});

test('a server that shows another key is sent neither name nor password', async () => {
  const first = await read();
  const { port } = server;
  await server.close();
  const other = await open({ user: 'shop', password: 'sésame' }, port);
  const answer = await read({ hostKey: first.hostKey });
  expect(answer).toMatchObject({ word: 'failed', fault: 'source.host_key' });
  expect(answer.hostKey).not.toBe(first.hostKey);
  expect(other.seen).toEqual({ connections: 1, reads: 0 });
  // of another kind than the one that is known
  const rsa = await read({ hostKey: `ssh-rsa ${first.hostKey?.split(' ')[1]}` });
  expect(rsa).toMatchObject({ word: 'failed', fault: 'source.host_key' });
});

test('no file, no address, nobody there', async () => {
  const at = (path: string) => `sftp://127.0.0.1:${server.port}${path}`;
  expect(await read({ address: at('/out/other.csv') })).toMatchObject({ fault: 'source.no_file' });
  expect(await read({ address: at('/') })).toMatchObject({ fault: 'url.invalid' });
  expect(await read({ address: `sftp://a:b@127.0.0.1:${server.port}/x` })).toMatchObject({ fault: 'url.credentials' });
  expect(await read({ address: 'sftp://name.invalid/x' })).toMatchObject({ fault: 'dns.failed' });
  const { port } = server;
  await server.close();
  expect(await read({ address: `sftp://127.0.0.1:${port}/x` })).toMatchObject({ fault: 'connect.failed' });
});

test('an address inside is refused before anything is sent, whatever name leads there', async () => {
  const strict = openGuardedFetch({ allow: [], resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
  for (const host of ['127.0.0.1', '[::1]', '169.254.169.254', 'files.shop.example', '0x7f.1'])
    expect([
      host,
      await readRemoteFile(strict, { ...place, address: `sftp://${host}:${server.port}/out/orders.csv` }, null, whole),
    ]).toEqual([host, { word: 'failed', fault: 'address.forbidden', hostKey: null }]);
  expect(server.seen.connections).toBe(0);
});

test('a name is asked for once, and the connection goes to that answer', async () => {
  let asked = 0;
  const rebinding = openGuardedFetch({
    allow: ['127.0.0.1'],
    resolve: async () => [{ address: asked++ === 0 ? '127.0.0.1' : '127.0.0.9', family: 4 }],
  });
  const address = `sftp://files.shop.example:${server.port}/out/orders.csv`;
  expect((await readRemoteFile(rebinding, { ...place, address }, null, whole)).word).toBe('read');
  expect(asked).toBe(1);
});

test('a file that changes while it is read, and a connection that breaks, are no file', async () => {
  server.onRead = (n) => {
    if (n === 20 && server.file !== null) server.file.modifiedAt += 5_000;
  };
  expect(await read()).toMatchObject({ word: 'failed', fault: 'source.changing' });
  server.onRead = (n) => {
    if (n > 60) void server.close();
  };
  expect(await read()).toMatchObject({ word: 'failed', fault: 'connect.failed' });
});
