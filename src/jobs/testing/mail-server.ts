/** A real SMTP server that keeps what it is given. */
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

export interface MailServer {
  readonly url: string;
  readonly mails: { readonly to: readonly string[]; readonly text: string }[];
  /** The next mail to this address that came after those already waited for. */
  wait(to: string): Promise<string>;
  /** While down, it greets nobody. */
  setDown(down: boolean): void;
  stop(): Promise<void>;
}

/** Refuses every address that begins with `nobody` for good and every one that begins with `busy` for now. */
export async function startMailServer(): Promise<MailServer> {
  const mails: MailServer['mails'] = [];
  const seen = new Map<string, number>();
  let isDown = false;
  let arrived = Promise.withResolvers<void>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onConnect(_session, done) {
      done(isDown ? Object.assign(new Error('Closed for the night'), { responseCode: 421 }) : undefined);
    },
    onRcptTo({ address }, _session, done) {
      if (address.startsWith('nobody'))
        return done(Object.assign(new Error('No such user here'), { responseCode: 550 }));
      if (address.startsWith('busy')) return done(Object.assign(new Error('Try again later'), { responseCode: 450 }));
      done();
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part) => parts.push(part));
      stream.on('end', () => {
        mails.push({
          to: session.envelope.rcptTo.map((one) => one.address),
          text: readable(Buffer.concat(parts).toString('utf8')),
        });
        arrived.resolve();
        arrived = Promise.withResolvers();
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    mails,
    async wait(to) {
      for (;;) {
        const found = mails.filter((mail) => mail.to.includes(to));
        const next = found[seen.get(to) ?? 0];
        if (next !== undefined) {
          seen.set(to, (seen.get(to) ?? 0) + 1);
          return next.text;
        }
        await arrived.promise;
      }
    },
    setDown(down) {
      isDown = down;
    },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Quoted-printable undone, so that links can be read out of it. */
function readable(text: string): string {
  return Buffer.from(
    text
      .replace(/=\r?\n/g, '')
      .replace(/=([0-9A-F]{2})/g, (_whole, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}
