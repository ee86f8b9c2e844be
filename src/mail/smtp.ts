/** The mail server of SMTP_URL, and what its answers mean. */
import { createTransport, type SendMailOptions } from 'nodemailer';

/** `refused`: this address or this mail, for good; `later`: the server is away, busy, or does not know us. */
export type Delivery =
  | { readonly sent: true }
  | { readonly sent: false; readonly why: 'refused' | 'later'; readonly fault: string };

export interface Mailer {
  send(message: SendMailOptions): Promise<Delivery>;
}

const answerMs = 15_000;

export function openMailer(smtpUrl: string): Mailer {
  const url = new URL(smtpUrl);
  const secure = url.protocol === 'smtps:';
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 465 : 587)),
    secure,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    socketTimeout: 2 * answerMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(message) {
      try {
        await transport.sendMail(message);
        return { sent: true };
      } catch (error) {
        return readFault(error);
      }
    },
  };
}

/** 5xx to the recipient or to the mail itself is for good; 5xx before that (sign-in, greeting) is ours to mend. */
function readFault(error: unknown): Delivery {
  const of = (name: string): unknown =>
    typeof error === 'object' && error !== null && name in error ? Reflect.get(error, name) : undefined;
  const code = of('code');
  const status = of('responseCode');
  const answer = of('response');
  const fault =
    typeof answer === 'string'
      ? answer
      : error instanceof Error
        ? `${String(code ?? '')} ${error.message}`.trim()
        : 'unknown';
  const aboutMail = code === 'EENVELOPE' || code === 'EMESSAGE';
  const final = aboutMail && (status === undefined || (typeof status === 'number' && status >= 500));
  return { sent: false, why: final ? 'refused' : 'later', fault };
}
