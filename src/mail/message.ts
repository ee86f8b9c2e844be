/** A mail as it travels: text and HTML that a plain client shows well, nothing loaded from anywhere. */
import type { SendMailOptions } from 'nodemailer';
import { createTransport } from 'nodemailer';
import type { Letter } from '#contract/letter.ts';
import { type Language, sayIn, toLanguage } from '#contract/messages/say.ts';
import { type Worded, wordLetter } from './words.ts';

/** What the outbox keeps of a mail. */
export interface PostedMail {
  readonly id: string;
  readonly to: string;
  readonly lang: string;
  readonly letter: Letter;
  readonly createdAt: number;
}

/** Whom our mails come from, and the address of this installation, named at their foot. */
export interface Sender {
  readonly from: string;
  readonly host: string;
}

/** The message, the same at every try: its id lets a receiver drop one that came twice. */
export function renderMessage(mail: PostedMail, sender: Sender): SendMailOptions & { subject: string; text: string } {
  const language = toLanguage(mail.lang);
  const worded = wordLetter(mail.letter, language);
  const feet = footOf(mail.letter, language, sender);
  const shopper = 'unsubscribe' in mail.letter ? mail.letter : null;
  return {
    from: shopper === null ? sender.from : { name: shopper.shop, address: addressOf(sender.from) },
    // As an object: an address is no list of addresses, whatever is written in it.
    to: { name: '', address: mail.to },
    subject: worded.subject,
    date: new Date(mail.createdAt),
    messageId: `<${mail.id}@${sender.host}>`,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': language,
      ...(shopper === null || shopper.unsubscribe === null
        ? {}
        : { 'List-Unsubscribe': `<${shopper.unsubscribe}>`, 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }),
    },
    text: renderText(worded, language, feet),
    html: renderHtml(worded, language, feet),
    disableUrlAccess: true,
    disableFileAccess: true,
  };
}

/** The message as a file that every mail program opens (`.eml`). */
export async function renderEml(mail: PostedMail, sender: Sender): Promise<Buffer> {
  const transport = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
  const { message } = await transport.sendMail(renderMessage(mail, sender));
  return Buffer.isBuffer(message) ? message : Buffer.from('');
}

/** Under a mail: whom it came from; to a customer, also the way to hear no more. */
function footOf(letter: Letter, language: Language, sender: Sender): Foot {
  const say = sayIn(language);
  const sent = say('mail.foot', { host: sender.host });
  if (!('unsubscribe' in letter) || letter.unsubscribe === null) return { sent, stop: null };
  return { sent, stop: { label: say('mail.stop', { shop: letter.shop }), url: letter.unsubscribe } };
}

interface Foot {
  readonly sent: string;
  readonly stop: { readonly label: string; readonly url: string } | null;
}

/** `Name <a@b.c>` without the name. */
function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from.trim();
}

function renderText(worded: Worded, language: Language, foot: Foot): string {
  const say = sayIn(language);
  const { action } = worded;
  return [
    say('mail.hello'),
    ...worded.paragraphs,
    ...(worded.code === null ? [] : [worded.code]),
    ...(action === null ? [] : [`${action.label} :\n${action.url}`]),
    ...worded.after,
    `-- \n${foot.sent}${foot.stop === null ? '' : `\n${foot.stop.label} :\n${foot.stop.url}`}`,
  ].join('\n\n');
}

function renderHtml(worded: Worded, language: Language, foot: Foot): string {
  const say = sayIn(language);
  const paragraph = (text: string): string => `<p style="margin:0 0 16px">${escapeHtml(text)}</p>`;
  const { action } = worded;
  const code =
    worded.code === null
      ? ''
      : `<p style="margin:0 0 16px;font:bold 28px monospace;letter-spacing:6px">${escapeHtml(worded.code)}</p>`;
  const button =
    action === null
      ? ''
      : `<p style="margin:0 0 16px"><a href="${escapeHtml(action.url)}" style="display:inline-block;padding:12px 20px;background:#0b7285;color:#ffffff;border-radius:8px;text-decoration:none;font-weight:bold">${escapeHtml(action.label)}</a></p>
<p style="margin:0 0 16px;color:#555555;font-size:13px">${escapeHtml(say('mail.link'))}<br><a href="${escapeHtml(action.url)}" style="color:#0b7285;word-break:break-all">${escapeHtml(action.url)}</a></p>`;
  const stop =
    foot.stop === null
      ? ''
      : `<br><a href="${escapeHtml(foot.stop.url)}" style="color:#666666">${escapeHtml(foot.stop.label)}</a>`;
  return `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(worded.subject)}</title></head>
<body style="margin:0;padding:24px;font:16px/1.5 Arial,Helvetica,sans-serif">
<div style="max-width:560px;margin:0 auto">
${[say('mail.hello'), ...worded.paragraphs].map(paragraph).join('\n')}
${code}${button}
${worded.after.map(paragraph).join('\n')}
<p style="margin:24px 0 0;padding-top:12px;border-top:1px solid #cccccc;color:#666666;font-size:13px">${escapeHtml(foot.sent)}${stop}</p>
</div>
</body>
</html>`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
