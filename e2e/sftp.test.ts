/** A file fetched from OpenSSH's own server, with a key, and what its host key is to us. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openGuardedFetch } from '#outbound/guarded-fetch.ts';
import { type FilePlace, readRemoteFile } from '#outbound/remote-file.ts';
import { sshdPath } from '../checks/programs.ts';

const guarded = openGuardedFetch({ allow: ['127.0.0.1'] });
const bytes = randomBytes(5_000_000);
let folder: string;
let port: number;
let server: ReturnType<typeof spawn>;
let place: FilePlace;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'spread-sftp-'));
  await chmod(folder, 0o755);
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  await writeFile(join(folder, 'keys'), await readFile(join(folder, 'user.pub')));
  await writeFile(join(folder, 'orders.csv'), bytes);
  const yesterday = Date.now() / 1000 - 86_400;
  await utimes(join(folder, 'orders.csv'), yesterday, yesterday);
  port = await freePort();
  const config = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'keys')}`,
    `PidFile ${join(folder, 'pid')}`,
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'Subsystem sftp internal-sftp',
  ];
  await writeFile(join(folder, 'config'), `${config.join('\n')}\n`);
  // where sshd of root goes while it is not sure of anybody
  if (process.getuid?.() === 0) await mkdir('/run/sshd', { recursive: true });
  server = spawn(sshdPath(), ['-D', '-e', '-f', join(folder, 'config')], { stdio: ['ignore', 'ignore', 'pipe'] });
  await listening(server);
  place = {
    address: `sftp://127.0.0.1:${port}${folder}/orders.csv`,
    userName: userInfo().username,
    secret: { privateKey: await readFile(join(folder, 'user'), 'utf8'), passphrase: null },
    hostKey: null,
  };
});
afterAll(async () => {
  const gone = once(server, 'exit');
  server.kill();
  await gone;
  await rm(folder, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function listening({ stderr }: ReturnType<typeof spawn>): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    stderr?.on('data', (text) => {
      said += String(text);
      if (said.includes('Server listening on')) resolve();
    });
    stderr?.on('end', () => reject(new Error(`sshd ended: ${said}`)));
  });
}

async function read(change: Partial<FilePlace> = {}, known: string | null = null) {
  const seen: (string | null)[] = [];
  const answer = await readRemoteFile(guarded, { ...place, ...change }, known, async ({ pieces, mark }) => {
    seen.push(mark);
    const all = [];
    for await (const piece of pieces) all.push(piece);
    return Buffer.concat(all).equals(bytes);
  });
  return { answer, mark: seen[0] ?? null };
}

test('OpenSSH gives the file whole to who has the key, shows the fingerprint ssh-keygen tells, and is known next time', async () => {
  const { answer, mark } = await read();
  const told = execFileSync('ssh-keygen', ['-lf', join(folder, 'host.pub')], { encoding: 'utf8' }).split(' ')[1];
  expect(answer).toEqual({ word: 'read', result: true, hostKey: `ssh-ed25519 ${told}` });
  expect((await read({ hostKey: answer.hostKey }, mark)).answer.word).toBe('same');
});

test('OpenSSH refuses others, and says what is not there', async () => {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'stranger')]);
  const privateKey = await readFile(join(folder, 'stranger'), 'utf8');
  const stranger = await read({ secret: { privateKey, passphrase: null } });
  expect(stranger.answer).toMatchObject({ word: 'failed', fault: 'source.auth' });
  const missing = await read({ address: `${place.address}.old` });
  expect(missing.answer).toMatchObject({ word: 'failed', fault: 'source.no_file' });
  const directory = await read({ address: `sftp://127.0.0.1:${port}${folder}` });
  expect(directory.answer).toMatchObject({ word: 'failed', fault: 'source.no_file' });
  const fooled = await read({ hostKey: 'ssh-ed25519 SHA256:of-somebody-else' });
  expect(fooled.answer).toMatchObject({ word: 'failed', fault: 'source.host_key' });
});
