import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import { maskEmail } from '#contract/mask.ts';
import { speak } from '#contract/messages/speak.ts';
import { shopId } from '#domain/ids.ts';
import { inTransaction } from '#store/db.ts';
import { findByLink, type LinkedRequest, markVerified } from '#store/rights-request.ts';
import { type Doors, refuse } from '../doors.ts';
import { type Html, html, page, pageHeaders } from './html.ts';

/**
 * Where the mail that checks who asks leads: it shows the address masked, and a button confirms. Opening the link does nothing, so
 * that a scanner of mails confirms nothing (rules §7).
 */
export function identityRoutes(app: FastifyInstance, doors: Doors, pool: Pool): void {
  app.get<{ Params: { token: string } }>('/rights/:token', async (request, reply) => {
    if (!admit(doors, request, reply)) return reply;
    const found = await find(request.params.token);
    if (found === null) return sendGone(reply);
    const { say, word, language } = speak(found.lang);
    const title = say('identityPage.title', { shop: found.shop });
    if (found.state !== 'open')
      return send(reply, language, title, html`<p>${say('identityPage.done', { shop: found.shop })}</p>`);
    const asked = { address: maskEmail(found.email), right: word('rights.kind', found.kind) };
    return send(
      reply,
      language,
      title,
      html`<p>${say('identityPage.ask', asked)}</p>
<form method="post"><button type="submit">${say('identityPage.yes')}</button></form>
<p class="note">${say('identityPage.no')}</p>`,
    );
  });

  app.post<{ Params: { token: string } }>('/rights/:token', { bodyLimit: 1024 }, async (request, reply) => {
    if (!admit(doors, request, reply)) return reply;
    const found = await find(request.params.token);
    if (found === null) return sendGone(reply);
    const step = { at: doors.now(), by: 'person', what: 'identity_link' } as const;
    await inTransaction(pool, (client) => markVerified(client, found, 'link', step));
    const { say, language } = speak(found.lang);
    const title = say('identityPage.title', { shop: found.shop });
    return send(reply, language, title, html`<p>${say('identityPage.done', { shop: found.shop })}</p>`);
  });

  async function find(token: string): Promise<LinkedRequest | null> {
    const [, shop, secret] = /^([1-9]\d{0,8})-([\w-]{32})$/.exec(token) ?? [];
    if (shop === undefined || secret === undefined) return null;
    return findByLink(pool, doors.keys, shopId(Number(shop)), secret, doors.now());
  }
}

function admit(doors: Doors, request: FastifyRequest, reply: FastifyReply): boolean {
  if (doors.addresses.take(request.ip, doors.now())) return true;
  refuse(doors, request, reply, 'address');
  return false;
}

function send(reply: FastifyReply, language: 'fr' | 'en', title: string, body: Html): FastifyReply {
  return reply.headers(pageHeaders).send(page(language, title, html`<h1>${title}</h1>${body}`));
}

/** Says nothing about whether there ever was such a request. */
function sendGone(reply: FastifyReply): FastifyReply {
  const [fr, en] = [speak('fr'), speak('en')];
  const title = 'Spread Tracker';
  const body = html`<p>${fr.say('identityPage.gone')}</p><p lang="en">${en.say('identityPage.gone')}</p>`;
  return send(reply.code(404), 'fr', title, body);
}
