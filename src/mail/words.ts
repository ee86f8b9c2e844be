/** Letters put into words: what each kind says, in the reader's language. */

import type { Letter } from '#contract/letter.ts';
import { type Language, type Say, sayIn } from '#contract/messages/say.ts';
import { speak } from '#contract/messages/speak.ts';
import { sourceFaultText } from '#contract/source-fault.ts';

/** A mail in plain parts, before it is text or HTML. */
export interface Worded {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  /** Shown large, to be typed elsewhere. */
  readonly code: string | null;
  readonly action: { readonly label: string; readonly url: string } | null;
  /** Under the button. */
  readonly after: readonly string[];
}

export function wordLetter(letter: Letter, language: Language): Worded {
  const say = sayIn(language);
  const plain = { code: null, action: null, after: [] };
  switch (letter.kind) {
    case 'invitation': {
      const { shop, inviter, role, url, until } = letter;
      return {
        ...plain,
        subject: say('mail.invitation.subject', { shop, inviter }),
        paragraphs: [say('mail.invitation.body', { shop, inviter, role: say(`role.${role}`) })],
        action: { label: say('mail.invitation.action'), url },
        after: [say('mail.invitation.until', { until: dayText(until, language) })],
      };
    }
    case 'password_reset':
      return {
        ...plain,
        subject: say('mail.password_reset.subject'),
        paragraphs: [say('mail.password_reset.body')],
        action: { label: say('mail.password_reset.action'), url: letter.url },
        after: [say('mail.password_reset.until', { minutes: letter.minutes })],
      };
    case 'account_changed':
      return {
        ...plain,
        subject: say('mail.account_changed.subject'),
        paragraphs: [
          say(`mail.account_changed.${letter.what}`, { at: timeText(letter.at, language) }),
          say('mail.account_changed.advice'),
        ],
      };
    case 'developer':
      return { ...plain, ...wordDeveloper(letter, say, language) };
    case 'developer_code': {
      const { shop, code, minutes } = letter;
      return {
        ...plain,
        subject: say('mail.developer_code.subject', { code }),
        paragraphs: [say('mail.developer_code.body', { shop, minutes })],
        code,
      };
    }
    case 'webhook_paused': {
      const { shop, endpoint, cause, url } = letter;
      return {
        ...plain,
        subject: say('mail.webhook_paused.subject', { shop, endpoint }),
        paragraphs: [
          say(cause === 'gone' ? 'mail.webhook_paused.gone' : 'mail.webhook_paused.failing', { shop, endpoint }),
          say('mail.webhook_paused.kept'),
        ],
        action: { label: say('mail.webhook_paused.action'), url },
      };
    }
    case 'confirmation': {
      const { shop, basis, text, url, until } = letter;
      return {
        ...plain,
        subject: say('mail.confirmation.subject', { shop }),
        paragraphs: [
          say('mail.confirmation.body', { shop, basis }),
          ...(text === '' ? [] : [say('mail.confirmation.text', { text })]),
        ],
        action: { label: say('mail.confirmation.action'), url },
        after: [say('mail.confirmation.until', { until: dayText(until, language) })],
      };
    }
    case 'person_code': {
      const { shop, code, minutes } = letter;
      return {
        ...plain,
        subject: say('mail.person_code.subject', { shop }),
        paragraphs: [say('mail.person_code.body', { shop, minutes })],
        code,
        after: [say('mail.person_code.after')],
      };
    }
    case 'rights_identity': {
      const { shop, right, url, code } = letter;
      return {
        subject: say('mail.rights_identity.subject', { shop }),
        paragraphs: [say('mail.rights_identity.body', { shop, right: say(`rights.kind.${right}`) })],
        code,
        action: { label: say('mail.rights_identity.action'), url },
        after: [say('mail.rights_identity.after')],
      };
    }
    case 'rights_closed': {
      const { shop, right, received, refusal } = letter;
      const asked = { shop, right: say(`rights.kind.${right}`), date: dayText(received, language) };
      return {
        ...plain,
        subject: say('mail.rights_closed.subject', { shop }),
        paragraphs:
          refusal === null
            ? [say('mail.rights_closed.done', asked)]
            : [say('mail.rights_closed.refused', { ...asked, reason: say(`rights.refusal.${refusal}`) })],
        after: [say('mail.rights_closed.after')],
      };
    }
    case 'export': {
      const { shop, ready, url, until } = letter;
      const of = speak(language).word('exports.kind', letter.of);
      return {
        ...plain,
        subject: say(ready ? 'mail.export.subject' : 'mail.export.failedSubject', { shop, of }),
        paragraphs: [say(ready ? 'mail.export.body' : 'mail.export.failedBody', { shop, of })],
        action: { label: say('mail.export.action'), url },
        after: ready ? [say('mail.export.until', { until: timeText(until, language) })] : [],
      };
    }
    case 'import_failed': {
      const { shop, source, fault, url } = letter;
      return {
        ...plain,
        subject: say('mail.import_failed.subject', { shop, source }),
        paragraphs: [say('mail.import_failed.body', { shop, source }), sourceFaultText(speak(language).word, fault)],
        action: { label: say('mail.import_failed.action'), url },
        after: [say('mail.import_failed.once')],
      };
    }
    case 'push_failed': {
      const { shop, file, fault, url } = letter;
      return {
        ...plain,
        subject: say('mail.push_failed.subject', { shop, file }),
        paragraphs: [say('mail.push_failed.body', { shop, file }), sourceFaultText(speak(language).word, fault)],
        action: { label: say('mail.push_failed.action'), url },
        after: [say('mail.push_failed.once')],
      };
    }
    case 'alarm': {
      const { shop, alarm, figure, url } = letter;
      return {
        ...plain,
        subject: say(`mail.alarm.${alarm}.subject`, { shop }),
        paragraphs: [say(`mail.alarm.${alarm}.body`, { shop, figure })],
        action: { label: say('mail.alarm.action'), url },
      };
    }
  }
}

function wordDeveloper(letter: Letter & { kind: 'developer' }, say: Say, language: Language) {
  const { shop, inviter, note, mayRead, publicKey, url, guideUrl, until } = letter;
  return {
    subject: say('mail.developer.subject', { shop }),
    paragraphs: [
      say('mail.developer.body', { shop, inviter }),
      ...(note === null ? [] : [say('mail.developer.note', { note })]),
      say(mayRead ? 'mail.developer.read' : 'mail.developer.write'),
    ],
    action: { label: say('mail.developer.action'), url },
    after: [
      say('mail.developer.guide', { url: guideUrl }),
      say('mail.developer.key', { key: publicKey }),
      say('mail.developer.private'),
      say('mail.developer.until', { until: dayText(until, language) }),
    ],
  };
}

function dayText(at: number, language: Language): string {
  return new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone: 'UTC' }).format(at);
}

function timeText(at: number, language: Language): string {
  const format = new Intl.DateTimeFormat(localeOf(language), {
    dateStyle: 'long',
    timeStyle: 'short',
    timeZone: 'UTC',
  });
  return `${format.format(at)} (UTC)`;
}

function localeOf(language: Language): string {
  return language === 'fr' ? 'fr-FR' : 'en-GB';
}
