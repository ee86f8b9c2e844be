import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { InvitationList, InviteBody, ResendBody } from '#contract/developer.ts';
import { emailNormal } from '#domain/email.ts';
import { appliedChannel } from '#intake/settle.ts';
import { appendAudit } from '#store/audit.ts';
import { inTransaction } from '#store/db.ts';
import { inviteDeveloper, renewInvitation, revokeInvitation, type WriteLetter } from '#store/developer-invitation.ts';
import { notifyShop } from '#store/notify.ts';
import { listInvitations } from '#views/developer-list.ts';
import { findDeveloperPage } from '#views/developer-page.ts';
import { sendError } from '../errors.ts';
import { addressOf, type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';

const base = '/api/shops/:shopId/developers';
const dayMs = 86_400_000;
const InvitationParams = Type.Object({
  ...ShopParams.properties,
  invitationId: Type.Integer({ minimum: 1, maximum: 999_999_999 }),
});
const limited = { rateLimit: { max: 20, timeWindow: 10 * 60_000 } };
const Answer = { 200: InvitationList };

/** Developers the merchant sends the integration to: invited by mail, each with a link and a pair of their own. */
export function developerRoutes(app: DeskApp, desk: Desk): void {
  const list = async (request: FastifyRequest): Promise<InvitationList> => ({
    zone: (await findDeveloperPage(desk.db, shopOf(request), 0))?.zone ?? 'UTC',
    mailConfigured: desk.mail.configured,
    invitations: await listInvitations(desk.db, shopOf(request)),
  });

  /** The mail, around a link that only it will hold. */
  async function letterFor(request: FastifyRequest): Promise<WriteLetter | null> {
    const page = await findDeveloperPage(desk.db, shopOf(request), 0);
    if (page === null) return null;
    const { name } = userOf(request);
    const { shop, publicKey, platform } = page;
    return (link, { note, mayRead, until }) => ({
      kind: 'developer',
      shop,
      inviter: name,
      note,
      mayRead,
      publicKey,
      url: `${addressOf(desk, request)}${link}`,
      guideUrl: `${addressOf(desk, request)}${link.replace('/dev#', `/dev/documents/guides/${platform ?? 'other'}#`)}`,
      until,
    });
  }

  app.get(base, { schema: { params: ShopParams, response: Answer } }, list);

  app.post(
    base,
    { config: limited, schema: { params: ShopParams, body: InviteBody, response: Answer } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const userId = userOf(request).id;
      const { emails, lang, note, days, mayRead } = request.body;
      const known = new Set<string>();
      for (const email of emails) {
        const normal = emailNormal(email.trim());
        if (normal === null)
          return sendError(
            reply,
            400,
            'email.invalid',
            `${email} is no e-mail address.`,
            `emails.${emails.indexOf(email)}`,
          );
        known.add(normal);
      }
      const write = await letterFor(request);
      if (write === null) return sendNotFound(reply);
      const at = desk.now();
      const shared = { shopId, lang, note: note.trim() || null, mayRead, expiresAt: at + days * dayMs, userId };
      await inTransaction(desk.pool, async (client) => {
        for (const email of known) {
          const invitationId = await inviteDeveloper(client, desk.keys, { ...shared, email }, write, at);
          const detail = { invitationId, email, mayRead, days };
          await appendAudit(client, { shopId, userId, at, action: 'developer.invite', detail });
        }
      });
      return list(request);
    },
  );

  app.post(
    `${base}/:invitationId/resend`,
    { config: limited, schema: { params: InvitationParams, body: ResendBody, response: Answer } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const userId = userOf(request).id;
      const { invitationId } = request.params;
      const write = await letterFor(request);
      if (write === null) return sendNotFound(reply);
      const at = desk.now();
      const expiresAt = at + request.body.days * dayMs;
      const sent = await inTransaction(desk.pool, async (client) => {
        const found = await renewInvitation(client, desk.keys, shopId, invitationId, expiresAt, write, at);
        if (found === null) return false;
        const detail = { invitationId, email: found.email, days: request.body.days };
        await appendAudit(client, { shopId, userId, at, action: 'developer.resend', detail });
        await notifyShop(client, appliedChannel, shopId);
        return true;
      });
      return sent ? list(request) : sendNotFound(reply);
    },
  );

  app.post(
    `${base}/:invitationId/revoke`,
    { schema: { params: InvitationParams, response: Answer } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const userId = userOf(request).id;
      const { invitationId } = request.params;
      const at = desk.now();
      const revoked = await inTransaction(desk.pool, async (client) => {
        const found = await revokeInvitation(client, shopId, invitationId, at);
        if (found === null) return false;
        const detail = { invitationId, email: found.email };
        await appendAudit(client, { shopId, userId, at, action: 'developer.revoke', detail });
        // Streams that stand open look again, and find that they may not.
        await notifyShop(client, appliedChannel, shopId);
        return true;
      });
      return revoked ? list(request) : sendNotFound(reply);
    },
  );
}
