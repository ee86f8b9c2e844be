import { Type } from '@sinclair/typebox';
import { isSealed, type Letter } from '#contract/letter.ts';
import { OutboxPage } from '#contract/outbox.ts';
import { renderEml } from '#mail/message.ts';
import { findUnsentMail, retryMail } from '#store/outbox.ts';
import { findMailHealth, listMails } from '#views/outbox.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';
import { noteAct } from './note.ts';

const base = '/api/shops/:shopId/outbox';
const MailParams = Type.Object({ ...ShopParams.properties, mailId: Type.String({ pattern: '^[0-9a-f-]{36}$' }) });

/** The shop's mails: what waits, what went, what was refused. Those not sent can be taken away as files, and sent again. */
export function outboxRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    base,
    {
      schema: {
        params: ShopParams,
        querystring: Type.Object(
          { after: Type.Optional(Type.String({ pattern: '^\\d{1,17} [0-9a-f-]{36}$' })) },
          { additionalProperties: false },
        ),
        response: { 200: OutboxPage },
      },
    },
    async (request) => {
      const shop = shopOf(request);
      const [list, health, found] = await Promise.all([
        listMails(desk.db, shop, request.query.after ?? null),
        findMailHealth(desk.db),
        findShopSettings(desk.db, shop),
      ]);
      return { configured: desk.mail.configured, zone: found?.settings.zone ?? 'UTC', health, ...list };
    },
  );

  app.get(`${base}/:mailId/eml`, { schema: { params: MailParams } }, async (request, reply) => {
    const { mailId } = request.params;
    const mail = await findUnsentMail(desk.pool, desk.keys, shopOf(request), mailId);
    if (mail === null) return sendNotFound(reply);
    const letter = mail.letter as Letter;
    if (isSealed(letter.kind))
      return sendError(reply, 403, 'mail.sealed', 'Only the person it is written to may open this mail.');
    const file = await renderEml({ ...mail, letter }, desk.mail.sender);
    // Written down first: its links open things.
    await noteAct(desk, request, 'mail.download', { detail: { mailId, kind: letter.kind, to: mail.to } });
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
      if (!(await retryMail(desk.pool, shopOf(request), mailId, desk.now()))) return sendNotFound(reply);
      await noteAct(desk, request, 'mail.retry', { detail: { mailId } });
      return reply.code(204).send(null);
    },
  );
}
