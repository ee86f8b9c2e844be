import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { isSealed, type Letter } from '#contract/letter.ts';
import { OutboxPage } from '#contract/outbox.ts';
import type { ShopId } from '#domain/ids.ts';
import { renderEml } from '#mail/message.ts';
import { appendAudit } from '#store/audit.ts';
import { findUnsentMail, retryMail } from '#store/outbox.ts';
import { findMailHealth, listMails } from '#views/outbox.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';

const PageQuery = Type.Object(
  { after: Type.Optional(Type.String({ pattern: '^\\d{1,17} [0-9a-f-]{36}$' })) },
  { additionalProperties: false },
);
const mailId = Type.String({ pattern: '^[0-9a-f-]{36}$' });

/** The shop's mails: what waits, what went, what was refused. Those not sent can be taken away as files, and sent again. */
export function outboxRoutes(app: DeskApp, desk: Desk): void {
  routesAt(app, desk, '/api/shops/:shopId/outbox', ShopParams.properties, shopOf);
}

/** The same of mails that are of no shop: passwords, and changes of people's own accounts. Behind `requireOwner`. */
export function instanceOutboxRoutes(app: DeskApp, desk: Desk): void {
  routesAt(app, desk, '/api/instance/outbox', {}, () => null);
}

function routesAt(
  app: DeskApp,
  desk: Desk,
  base: string,
  place: typeof ShopParams.properties | Record<never, never>,
  ofShop: (request: FastifyRequest) => ShopId | null,
): void {
  const MailParams = Type.Object({ ...place, mailId });
  const note = (request: FastifyRequest, action: 'mail.download' | 'mail.retry', detail: Record<string, string>) =>
    appendAudit(desk.pool, { shopId: ofShop(request), userId: userOf(request).id, at: desk.now(), action, detail });

  app.get(
    base,
    { schema: { params: Type.Object(place), querystring: PageQuery, response: { 200: OutboxPage } } },
    async (request) => {
      const shop = ofShop(request);
      const [list, health, found] = await Promise.all([
        listMails(desk.db, shop, request.query.after ?? null),
        findMailHealth(desk.db),
        shop === null ? null : findShopSettings(desk.db, shop),
      ]);
      return { configured: desk.mail.configured, zone: found?.settings.zone ?? null, health, ...list };
    },
  );

  app.get(`${base}/:mailId/eml`, { schema: { params: MailParams } }, async (request, reply) => {
    const { mailId } = request.params;
    const mail = await findUnsentMail(desk.pool, desk.keys, ofShop(request), mailId);
    if (mail === null) return sendNotFound(reply);
    const letter = mail.letter as Letter;
    if (isSealed(letter.kind))
      return sendError(reply, 403, 'mail.sealed', 'Only the person it is written to may open this mail.');
    const file = await renderEml({ ...mail, letter }, desk.mail.sender);
    // Written down first: its links open things.
    await note(request, 'mail.download', { mailId, kind: letter.kind, to: mail.to });
    return reply
      .type('message/rfc822')
      .header('content-disposition', `attachment; filename="${letter.kind}-${mailId.slice(0, 8)}.eml"`)
      .send(file);
  });

  app.post(
    `${base}/:mailId/retry`,
    { schema: { params: MailParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { mailId } = request.params;
      if (!(await retryMail(desk.pool, ofShop(request), mailId, desk.now()))) return sendNotFound(reply);
      await note(request, 'mail.retry', { mailId });
      return reply.code(204).send(null);
    },
  );
}
