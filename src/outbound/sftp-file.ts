/** A file on an SFTP server. Its name is resolved once under the address guard, and the connection goes to that answer. */
import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import ssh2, { type ConnectConfig, type ServerHostKeyAlgorithm, type SFTPWrapper, type Stats } from 'ssh2';
import type { SourceSecret } from '#contract/import-sources.ts';
import type { OutboundFailure } from '#contract/outbound.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import {
  type FilePlace,
  fileMs,
  nameOf,
  type RemoteAnswer,
  RemoteBroken,
  type RemoteFile,
  readable,
  stallMs,
} from './remote-file.ts';

const connectMs = 20_000;
/** Reads that are under way at once: what one alone brings is bound by the way there and back. */
const readsAhead = 16;
const readBytes = 64 * 1024;
/** A file that changed so lately may change again within the second its server tells times by. */
const freshMs = 60_000;

/** Answers of SFTP (draft-ietf-secsh-filexfer-02 §7). */
const noSuchFile = 2;
const permissionDenied = 3;

/** Node's own ciphers first: the others are computed in JavaScript here, a hundred times slower. */
const ciphers = ['aes256-gcm@openssh.com', 'aes128-gcm@openssh.com', 'aes256-ctr', 'aes192-ctr', 'aes128-ctr'] as const;

const hostKeyKinds: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256'],
};

/** As `readRemoteFile`, of an address `sftp://server:22/folder/file.csv`. */
export async function readSftpFile<Result>(
  guarded: GuardedFetch,
  place: FilePlace,
  url: URL,
  known: string | null,
  use: (file: RemoteFile) => Promise<Result>,
): Promise<RemoteAnswer<Result>> {
  const target = readTarget(url);
  if (typeof target === 'string') return { word: 'failed', fault: target, hostKey: null };
  const located = await guarded.locate(target.host, connectMs);
  if (typeof located === 'string') return { word: 'failed', fault: located, hostKey: null };
  const [address] = located.addresses;
  if (address === undefined) return { word: 'failed', fault: 'dns.failed', hostKey: null };
  const session = new Session(place, connect({ host: address.address, port: target.port }));
  try {
    const sftp = await session.open();
    const stats = await session.ask<Stats>((done) => sftp.stat(target.path, done));
    if (!stats.isFile()) throw new RemoteBroken('source.no_file');
    const mark = `${stats.size} ${stats.mtime}`;
    const settled = Date.now() - stats.mtime * 1000 > freshMs;
    if (mark === known && settled) return { word: 'same', hostKey: session.hostKey };
    const pieces = readAhead(session, sftp, target.path, stats);
    // what changed a moment ago has no mark yet: the next look reads it again, and its bytes tell
    const file = { name: nameOf(url), size: stats.size, mark: settled ? mark : null, pieces };
    return { word: 'read', result: await use(file), hostKey: session.hostKey };
  } catch (error) {
    if (error instanceof RemoteBroken) return { word: 'failed', fault: error.fault, hostKey: session.hostKey };
    throw error;
  } finally {
    session.end();
  }
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
}

/** The host in the form a resolver takes it; `/~/x` is a path from the account's own folder. */
function readTarget(url: URL): Target | OutboundFailure {
  const host = URL.parse(`https://${url.hostname}`)?.hostname ?? '';
  if (host === '' || url.pathname.length < 2) return 'url.invalid';
  if (url.username !== '' || url.password !== '') return 'url.credentials';
  const path = readable(url.pathname);
  return { host, port: Number(url.port || 22), path: path.startsWith('/~/') ? path.slice(3) : path };
}

/** One connection; whatever ends it early fails what is being asked of it. */
class Session {
  readonly #client = new ssh2.Client();
  readonly #socket: Socket;
  readonly #place: FilePlace;
  readonly #ended: Promise<never>;
  #fail: (error: RemoteBroken) => void = () => undefined;
  #deadline: NodeJS.Timeout | null = null;
  /** The key the server showed, `kind fingerprint`; null: none yet. */
  hostKey: string | null = null;

  constructor(place: FilePlace, socket: Socket) {
    this.#place = place;
    this.#socket = socket;
    this.#ended = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#ended.catch(() => undefined);
  }

  async open(): Promise<SFTPWrapper> {
    this.#deadline = setTimeout(() => this.#fail(new RemoteBroken('timeout')), fileMs);
    const client = this.#client;
    const ready = new Promise<void>((resolve) => client.on('ready', resolve));
    client.on('error', (error) => this.#fail(new RemoteBroken(this.#faultOf(error), { cause: error })));
    client.on('close', () => this.#fail(new RemoteBroken('connect.failed')));
    this.#socket.on('error', (error) => this.#fail(new RemoteBroken('connect.failed', { cause: error })));
    const { secret } = this.#place;
    // some servers ask for the password as a question
    client.on('keyboard-interactive', (_name, _text, _lang, questions, answer) =>
      answer(questions.map(() => (secret !== null && 'password' in secret ? secret.password : ''))),
    );
    try {
      client.connect(this.#config());
    } catch (error) {
      throw new RemoteBroken('source.auth', { cause: error });
    }
    await Promise.race([ready, this.#ended]);
    return this.ask((done) => client.sftp(done));
  }

  /** Waits for an answer as long as the connection stands and moves. */
  async ask<Value>(send: (done: (error: Error | undefined | null, value: Value) => void) => void): Promise<Value> {
    const answered = new Promise<Value>((resolve, reject) =>
      send((error, value) => (error ? reject(new RemoteBroken(answerFault(error), { cause: error })) : resolve(value))),
    );
    // an answer that comes after the end is nobody's
    answered.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const stalled = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new RemoteBroken('timeout')), stallMs);
    });
    return Promise.race([answered, this.#ended, stalled]).finally(() => clearTimeout(timer));
  }

  end(): void {
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#client.destroy();
    this.#socket.destroy();
  }

  #config(): ConnectConfig {
    const { userName, secret, hostKey } = this.#place;
    const kinds =
      hostKey === null ? Object.values(hostKeyKinds).flat() : (hostKeyKinds[hostKey.split(' ')[0] ?? ''] ?? []);
    return {
      sock: this.#socket,
      username: userName,
      ...credentials(secret),
      algorithms: { cipher: [...ciphers], serverHostKey: [...kinds] },
      readyTimeout: connectMs,
      hostVerifier: (key: Buffer) => {
        this.hostKey = printOf(key);
        return hostKey === null || hostKey === this.hostKey;
      },
    };
  }

  #faultOf(
    error: Error & { readonly level?: string },
  ): 'source.auth' | 'source.host_key' | 'source.protocol' | OutboundFailure {
    const { hostKey } = this.#place;
    if (error.level === 'client-authentication') return 'source.auth';
    if (error.level === 'client-timeout') return 'timeout';
    if (error.level === 'client-socket') return 'connect.failed';
    // another key, or none of the kind it had
    if (hostKey !== null && (this.hostKey === null ? /host key/i.test(error.message) : this.hostKey !== hostKey))
      return 'source.host_key';
    return 'source.protocol';
  }
}

/** Whether a private key can be read with its passphrase. */
export function isUsableKey({ privateKey, passphrase }: Extract<SourceSecret, { privateKey: string }>): boolean {
  const read = ssh2.utils.parseKey(privateKey, passphrase ?? undefined);
  return !(read instanceof Error) && [read].flat().every((key) => key.isPrivateKey());
}

function credentials(secret: SourceSecret | null): Partial<ConnectConfig> {
  if (secret === null) return {};
  if ('password' in secret) return { password: secret.password, tryKeyboard: true };
  const { privateKey, passphrase } = secret;
  return { privateKey, ...(passphrase === null ? {} : { passphrase }) };
}

function answerFault(
  error: Error & { readonly code?: unknown },
): 'source.no_file' | 'source.not_allowed' | 'source.answer' {
  if (error.code === noSuchFile) return 'source.no_file';
  return error.code === permissionDenied ? 'source.not_allowed' : 'source.answer';
}

/** `ssh-ed25519 SHA256:…`, as `ssh-keygen -l` and hosting panels show it. */
function printOf(key: Buffer): string {
  const kind = key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1');
  return `${kind} SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The file's bytes in their order, several reads under way at once. Throws `source.changing` when it was written to meanwhile. */
async function* readAhead(
  session: Session,
  sftp: SFTPWrapper,
  path: string,
  { size, mtime }: Stats,
): AsyncGenerator<Buffer> {
  const handle = await session.ask<Buffer>((done) => sftp.open(path, 'r', done));
  const waiting: Promise<Buffer>[] = [];
  let next = 0;
  const ask = (): void => {
    const length = Math.min(readBytes, size - next);
    const piece = readWhole(session, sftp, handle, next, length);
    piece.catch(() => undefined);
    waiting.push(piece);
    next += length;
  };
  for (;;) {
    while (waiting.length < readsAhead && next < size) ask();
    const first = waiting.shift();
    if (first === undefined) break;
    yield await first;
  }
  const after = await session.ask<Stats>((done) => sftp.stat(path, done));
  if (after.size !== size || after.mtime !== mtime) throw new RemoteBroken('source.changing');
}

/** A server may answer with less than it was asked for. */
async function readWhole(
  session: Session,
  sftp: SFTPWrapper,
  handle: Buffer,
  at: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  for (let here = 0; here < length; ) {
    const came = await session.ask<number>((done) =>
      sftp.read(handle, bytes, here, length - here, at + here, (error, count) => done(error, count)),
    );
    if (came === 0) throw new RemoteBroken('source.changing');
    here += came;
  }
  return bytes;
}
