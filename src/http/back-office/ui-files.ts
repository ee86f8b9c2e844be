import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply } from 'fastify';
import type { DeskApp } from './desk.ts';

const notBuilt = `<!doctype html><meta charset="utf-8"><title>Spread Tracker</title>
<p>The interface has not been built yet: run <code>npm run build</code>, then reload this page.</p>`;

/** Addresses of screens: all answer the one page, which shows the screen. */
const screens = [
  '/',
  '/sign-in',
  '/sign-in/*',
  '/invitation',
  '/account',
  '/instance',
  '/instance/*',
  '/shops',
  '/shops/*',
  '/dev',
  '/dev/*',
];

/** The interface's page and its files. A nonce per answer lets its own styles in, and nothing else. */
export function uiFiles(app: DeskApp, folder: string): void {
  app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    prefix: '/assets/',
    preCompressed: true,
    immutable: true,
    maxAge: '365d',
    index: false,
    decorateReply: false,
  });
  for (const url of screens) {
    app.get(url, (_request, reply) => {
      // A page behind a secret link is in no index, and names itself to no other site.
      if (url.startsWith('/dev')) reply.header('x-robots-tag', 'noindex, nofollow');
      return sendPage(reply, folder, url.startsWith('/dev') ? 'no-referrer' : 'same-origin');
    });
  }
}

async function sendPage(
  reply: FastifyReply,
  folder: string,
  referrer: 'same-origin' | 'no-referrer',
): Promise<FastifyReply> {
  const page = await readFile(join(folder, 'index.html'), 'utf8').catch(() => null);
  const nonce = randomBytes(16).toString('base64');
  reply.headers({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "form-action 'self'",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': referrer,
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  });
  return page === null ? reply.code(503).send(notBuilt) : reply.send(page.replaceAll('__NONCE__', nonce));
}
