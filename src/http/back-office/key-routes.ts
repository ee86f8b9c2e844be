import { Type } from '@sinclair/typebox';
import { RotateBody, RotatedKey } from '#contract/tracker.ts';
import { appendAudit } from '#store/audit.ts';
import { inTransaction } from '#store/db.ts';
import { endShopKey, rotateShopKey } from '#store/shop-key.ts';
import { findOwnKey } from '#views/tracker-page.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';

const KeyParams = Type.Object({
  ...ShopParams.properties,
  keyId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const hourMs = 3_600_000;

/** A new pair in place of an old one, which lives on for a chosen time, and its end before that time. */
export function keyRoutes(app: DeskApp, desk: Desk): void {
  app.post(
    '/api/shops/:shopId/keys/:keyId/rotate',
    { schema: { params: KeyParams, body: RotateBody, response: { 200: RotatedKey } } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const { keyId } = request.params;
      const userId = userOf(request).id;
      const { hours } = request.body;
      const found = await findOwnKey(desk.db, shopId, keyId);
      if (found === null) return sendNotFound(reply);
      const at = desk.now();
      const oldEndsAt = at + hours * hourMs;
      const made = await inTransaction(desk.pool, async (client) => {
        const pair = await rotateShopKey(client, desk.keys, shopId, keyId, oldEndsAt);
        if (pair === null) return null;
        const detail = { keyId, newKeyId: pair.id, hours };
        await appendAudit(client, { shopId, userId, at, action: 'key.rotate', detail });
        return pair;
      });
      if (made === null)
        return sendError(
          reply,
          409,
          'keys.ending',
          'This pair already has an end: rotate the one that came in its place.',
        );
      return { id: made.id, publicKey: made.publicKey, oldEndsAt };
    },
  );

  app.post(
    '/api/shops/:shopId/keys/:keyId/end',
    { schema: { params: KeyParams, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const { keyId } = request.params;
      const userId = userOf(request).id;
      const found = await findOwnKey(desk.db, shopId, keyId);
      if (found === null) return sendNotFound(reply);
      if (found.expiresAt === null)
        return sendError(reply, 409, 'keys.only', 'This pair has no successor: replace it first.');
      const at = desk.now();
      await inTransaction(desk.pool, async (client) => {
        await endShopKey(client, shopId, keyId, at);
        await appendAudit(client, { shopId, userId, at, action: 'key.end', detail: { keyId } });
      });
      return reply.code(204).send(null);
    },
  );
}
