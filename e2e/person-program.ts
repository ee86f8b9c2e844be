import { type MailServer, startMailServer } from '#jobs/testing/mail-server.ts';
import { openDesk, type TestDesk } from './desk.ts';
import { freePort, startTestProgram, type TestProgram } from './harness.ts';

export interface PersonProgram {
  readonly program: TestProgram;
  readonly desk: TestDesk;
  readonly mail: MailServer;
  stop(): Promise<void>;
}

export const publicKey = '333abc';
export const basic = `Basic ${btoa(`${publicKey}:private-of-the-test`)}`;

/** The shop asks for a confirmation of its e-mail consent, and takes newsletters into it. */
export async function startPersonProgram(now: () => number = Date.now): Promise<PersonProgram> {
  const mail = await startMailServer();
  const port = await freePort();
  const program = await startTestProgram(
    {
      SHOP_PUBLIC_KEY: publicKey,
      SHOP_PRIVATE_KEY: 'private-of-the-test',
      SMTP_URL: mail.url,
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      TRUSTED_PROXIES: '127.0.0.1',
    },
    now,
  );
  const desk = await openDesk(program);
  const change = async (path: string, body: object) => {
    const { json } = await desk.call<{ outcome: string; reasons: string[] }>('POST', `/api/shops/1${path}`, body);
    if (json.outcome !== 'applied') throw new Error(`${path}: ${JSON.stringify(json)}`);
  };
  await change('/bases/1', {
    doubleOptIn: true,
    description: 'Nouveautés et offres',
    texts: { fr: 'Je veux recevoir la lettre.', en: 'I want the letter.' },
  });
  await change('/settings', {
    uplift: { optinEmail: 1 },
    optinProof: { email: { wording: 'Je veux recevoir la lettre.', where: 'pied de page' } },
  });
  return {
    program,
    desk,
    mail,
    async stop() {
      await program.stop();
      await mail.stop();
    },
  };
}

/** The first address in a mail that leads to one of the person's pages: `confirm` or `stop`. */
export function linkIn(text: string, page: 'confirm' | 'stop'): string {
  const found = new RegExp(`https?://[^\\s<>"]+/my-data/${page}/[\\w-]+`).exec(text)?.[0];
  if (found === undefined) throw new Error(`no link to ${page} in the mail`);
  return found;
}

export function codeIn(text: string): string {
  const found = /^(\d{6})\r?$/m.exec(text)?.[1];
  if (found === undefined) throw new Error('no code in the mail');
  return found;
}
