import { expect, test } from 'vitest';
import { renderEml, renderMessage } from './message.ts';

const sender = { from: 'Spread <no-reply@tracker.example>', host: 'tracker.example' };
const mail = {
  id: '0b7f7a3e-0000-4000-8000-000000000001',
  to: 'dev@agence.example',
  lang: 'fr',
  createdAt: Date.UTC(2026, 0, 2),
  letter: {
    kind: 'developer',
    shop: 'Maison <Noir> & fils',
    inviter: 'Camille',
    note: 'Merci !\r\nBcc: someone@else.example',
    mayRead: false,
    publicKey: '333abc',
    guideUrl: 'https://tracker.example/dev/documents/guides/woocommerce#abc',
    url: 'https://tracker.example/dev#abc',
    until: Date.UTC(2026, 1, 1),
  },
} as const;

test('a mail says the same in text and in HTML, loads nothing, and escapes what people typed', () => {
  const { subject, text, html } = renderMessage(mail, sender);
  expect(subject).toBe('Intégration du tracker sur Maison <Noir> & fils');
  for (const body of [text, String(html)]) {
    expect(body).toContain('https://tracker.example/dev#abc');
    expect(body).toContain('1 février 2026');
    expect(body).toContain('333abc');
    expect(body).toContain('/dev/documents/guides/woocommerce#abc');
    expect(body).toContain('ne permettent pas de lire');
  }
  expect(html).toContain('Maison &lt;Noir&gt; &amp; fils');
  expect(html).not.toMatch(/<img|<link|<script|<style|url\(|src=/i);
});

test('in English when asked, in French for a language we do not speak', () => {
  expect(renderMessage({ ...mail, lang: 'en' }, sender).subject).toBe('Installing the tracker on Maison <Noir> & fils');
  expect(renderMessage({ ...mail, lang: 'de' }, sender).subject).toMatch(/^Intégration/);
});

test('as a file it has both parts, and a name with a line break adds no header', async () => {
  const eml = (
    await renderEml({ ...mail, letter: { ...mail.letter, shop: 'A\r\nBcc: x@y.example' } }, sender)
  ).toString();
  const head = eml.slice(0, eml.indexOf('\r\n\r\n'));
  expect(head).toMatch(/^To: dev@agence.example$/m);
  expect(head).toContain('Message-ID: <0b7f7a3e-0000-4000-8000-000000000001@tracker.example>');
  expect(head).not.toMatch(/^Bcc:/m);
  expect(eml).toContain('Content-Type: text/plain');
  expect(eml).toContain('Content-Type: text/html');
});
