import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type AnsweredPage, checkPage } from './page-check.ts';

const expected = { collectorUrl: 'https://t.example.net', keys: ['333abc'], domains: ['shop.example'] };
const inline = (key = '333abc', env = 't.example.net', cookie = 'true') =>
  `var spconfig = { public_key: "${key}", host: "https:", env: '${env}', set_cookie: ${cookie} };
   var script = document.createElement("script"); script.src = "https://${env}/js/sb-tracker.js";`;
const legacy = (...given: Parameters<typeof inline>) =>
  `<html><script type="text/javascript">${inline(...given)}</script>`;
const modern = (key = '333abc', host = 't.example.net') =>
  `<script async src="https://${host}/js/tracker.js" data-key="${key}" nonce=abc></script>`;
const hash = createHash('sha256').update(inline()).digest('base64');

function codes(html: string, more: Partial<AnsweredPage> = {}, given: Partial<typeof expected> = {}): string[] {
  const page = { url: 'https://www.shop.example/', status: 200, policies: [], html, cut: false, ...more };
  return checkPage(page, { ...expected, ...given }).map(({ code }) => code);
}

const good = ['script.ours', 'form.legacy', 'key.this', 'cookies.possible'];
const cases: readonly (readonly [string, string, Partial<AnsweredPage>, readonly string[]])[] = [
  ['the snippet', legacy(), {}, [...good, 'csp.none']],
  ['the modern tracker', modern(), {}, ['script.ours', 'form.modern', 'key.this', 'cookies.possible', 'csp.none']],
  ['nothing', '<p>hello', {}, ['script.none', 'cookies.possible', 'csp.none']],
  ['the snippet in a comment', `<!-- ${legacy()} -->`, {}, ['script.none', 'cookies.possible', 'csp.none']],
  ['a comment that never ends', `<!-- ${legacy()}`, {}, ['script.none', 'cookies.possible', 'csp.none']],
  [
    'a tag manager',
    '<script src="https://www.googletagmanager.com/gtm.js?id=GTM-ABC123"></script>',
    {},
    ['script.tag_manager', 'cookies.possible', 'csp.none'],
  ],
  ["SPREAD's host still", legacy('333abc', 'static-sb.com'), {}, ['script.spread', ...good.slice(1), 'csp.none']],
  ['another host', legacy('333abc', 'other.example'), {}, ['script.elsewhere', ...good.slice(1), 'csp.none']],
  [
    "another shop's key",
    modern('333zzz'),
    {},
    ['script.ours', 'form.modern', 'key.other', 'cookies.possible', 'csp.none'],
  ],
  [
    'a key by nobody',
    '<script src="https://t.example.net/js/sb-tracker.js"></script>',
    {},
    ['script.ours', 'form.legacy', 'key.none', 'cookies.possible', 'csp.none'],
  ],
  [
    'cookies switched off',
    legacy('333abc', 't.example.net', 'false'),
    {},
    [...good.slice(0, 3), 'cookies.off', 'csp.none'],
  ],
  ['plain http', legacy(), { url: 'http://shop.example/' }, [...good.slice(0, 3), 'cookies.no_https', 'csp.none']],
  [
    'a host outside the list',
    legacy(),
    { url: 'https://evil.example/' },
    [...good.slice(0, 3), 'domain.unlisted', 'cookies.possible', 'csp.none'],
  ],
  ['an error page', '', { status: 404 }, ['page.status', 'script.none', 'cookies.possible', 'csp.none']],
  ['half a page', legacy(), { cut: true }, ['page.cut', ...good, 'csp.none']],
  [
    'a policy in its way',
    legacy(),
    { policies: ["default-src 'self'"] },
    [...good, 'csp.inline', 'csp.script', 'csp.calls'],
  ],
  [
    'a policy in a meta, calls forgotten',
    `<meta content="script-src 'unsafe-inline' https://t.example.net; connect-src 'self'" http-equiv=Content-Security-Policy>${legacy()}`,
    {},
    [...good, 'csp.calls'],
  ],
  [
    'a policy that lets it pass',
    legacy(),
    { policies: ["script-src 'self' 'unsafe-inline' *.example.net; connect-src https:"] },
    [...good, 'csp.passes'],
  ],
  [
    'a hash and strict-dynamic',
    legacy(),
    { policies: [`script-src 'sha256-${hash}' 'strict-dynamic'`] },
    [...good, 'csp.passes'],
  ],
  [
    'unsafe-inline that a nonce switches off',
    legacy(),
    { policies: ["script-src 'unsafe-inline' 'nonce-x' t.example.net"] },
    [...good, 'csp.inline'],
  ],
  [
    'a nonce on the modern tag',
    modern(),
    { policies: ["script-src 'nonce-abc'; connect-src t.example.net"] },
    ['script.ours', 'form.modern', 'key.this', 'cookies.possible', 'csp.passes'],
  ],
  [
    'two policies, of which one stops it',
    modern(),
    { policies: ['script-src *', "script-src 'none'"] },
    ['script.ours', 'form.modern', 'key.this', 'cookies.possible', 'csp.script'],
  ],
  [
    'the wrong path, the wrong port',
    modern(),
    { policies: ['script-src t.example.net/other/; connect-src t.example.net:8443'] },
    ['script.ours', 'form.modern', 'key.this', 'cookies.possible', 'csp.script', 'csp.calls'],
  ],
];

test.each(cases)('%s', (_what, html, more, found) => {
  expect(codes(html, more)).toEqual(found);
});

test('an empty list of domains lets every host speak', () => {
  expect(codes(legacy(), { url: 'https://any.example/' }, { domains: [] })).not.toContain('domain.unlisted');
});

test('any bytes are read, in little time', () => {
  for (const html of [
    '<script',
    '<script src="',
    '<meta ',
    '<!--',
    '<script>'.repeat(50_000),
    `<script ${'a '.repeat(200_000)}>`,
    `<script>spconfig ${'env : '.repeat(100_000)}`,
  ]) {
    expect(codes(html).length).toBeGreaterThan(1);
  }
});
