/** For tests: an SFTP server of ssh2's own, with one file, that does as told and counts what it is asked. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import ssh2, { type Connection, type SFTPWrapper } from 'ssh2';

const { OPEN_MODE, STATUS_CODE } = ssh2.utils.sftp;

export interface SftpServer {
  readonly port: number;
  /** What the one file at `path` holds; null: there is none. */
  file: { path: string; bytes: Buffer; modifiedAt: number } | null;
  /** Called before each answer to a read, with how many there were. */
  onRead: (n: number) => void;
  readonly seen: { connections: number; reads: number };
  close(): Promise<void>;
}

export interface SftpServerOptions {
  readonly user: string;
  readonly password?: string;
  /** Public key that may sign in, in OpenSSH's form. */
  readonly publicKey?: string;
  /** Private host key; default: a new ed25519 one. */
  readonly hostKey?: string;
  /** The password is asked for as a question, as some servers do. */
  readonly asks?: boolean;
}

export function newKey(passphrase?: string): { readonly private: string; readonly public: string } {
  const sealed = { passphrase: passphrase ?? '', cipher: 'aes256-ctr', rounds: 4 };
  for (;;) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', passphrase === undefined ? {} : sealed);
    // One in 128 lacks a leading zero byte and cannot be read back: https://github.com/mscdex/ssh2/issues/1390
    const read = [made.public, made.private].map((text) => ssh2.utils.parseKey(text, passphrase));
    if (!read.some((key) => key instanceof Error)) return made;
  }
}

export async function startSftpServer(options: SftpServerOptions, port = 0): Promise<SftpServer> {
  let closed: Promise<void> | null = null;
  const connections = new Set<Connection>();
  const server = new ssh2.Server({ hostKeys: [options.hostKey ?? newKey().private] }, (client) => {
    connections.add(client);
    running.seen.connections += 1;
    client.on('error', () => undefined);
    client.on('close', () => connections.delete(client));
    client.on('authentication', (asked) => {
      const passes = (given: string | undefined) => asked.username === options.user && given === options.password;
      if (asked.method === 'password' && options.asks !== true && passes(asked.password)) asked.accept();
      else if (asked.method === 'keyboard-interactive' && options.asks === true)
        asked.prompt([{ prompt: 'Password:', echo: false }], ([given]) =>
          passes(given) ? asked.accept() : asked.reject(),
        );
      else if (asked.method === 'publickey' && mayPass(asked, options)) asked.accept();
      else asked.reject(['publickey', 'password', 'keyboard-interactive']);
    });
    client.on('ready', () => client.on('session', (accept) => accept().on('sftp', (begin) => serve(begin(), running))));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const running: SftpServer = {
    port: (server.address() as AddressInfo).port,
    file: null,
    onRead: () => undefined,
    seen: { connections: 0, reads: 0 },
    close() {
      closed ??= (async () => {
        for (const client of connections) client.end();
        server.close();
        await once(server, 'close');
      })();
      return closed;
    },
  };
  return running;
}

function mayPass(
  asked: {
    readonly username: string;
    readonly key: { readonly data: Buffer };
    readonly signature?: Buffer;
    readonly blob?: Buffer;
    readonly hashAlgo?: string;
  },
  { user, publicKey }: SftpServerOptions,
): boolean {
  const known = publicKey === undefined ? null : ssh2.utils.parseKey(publicKey);
  if (known === null || known instanceof Error || asked.username !== user) return false;
  const [key] = [known].flat();
  if (key === undefined || !key.getPublicSSH().equals(asked.key.data)) return false;
  return (
    asked.signature === undefined || key.verify(asked.blob ?? Buffer.alloc(0), asked.signature, asked.hashAlgo) === true
  );
}

function serve(sftp: SFTPWrapper, running: SftpServer): void {
  const statsOf = () => {
    const { file } = running;
    if (file === null) return null;
    const at = Math.floor(file.modifiedAt / 1000);
    return { mode: 0o100644, uid: 0, gid: 0, size: file.bytes.length, atime: at, mtime: at };
  };
  const find = (path: string) => (running.file?.path === path ? statsOf() : null);
  sftp.on('STAT', (id: number, path: string) => {
    const stats = find(path);
    if (stats === null) sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    else sftp.attrs(id, stats);
  });
  sftp.on('OPEN', (id: number, path: string, flags: number) => {
    if (find(path) === null || (flags & OPEN_MODE.WRITE) !== 0) sftp.status(id, STATUS_CODE.NO_SUCH_FILE);
    else sftp.handle(id, Buffer.from('file'));
  });
  sftp.on('READ', (id: number, _handle: Buffer, at: number, length: number) => {
    running.seen.reads += 1;
    running.onRead(running.seen.reads);
    const bytes = running.file?.bytes.subarray(at, at + length) ?? Buffer.alloc(0);
    if (bytes.length === 0) sftp.status(id, STATUS_CODE.EOF);
    else sftp.data(id, bytes);
  });
  sftp.on('CLOSE', (id: number) => sftp.status(id, STATUS_CODE.OK));
}
