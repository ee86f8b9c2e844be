import { Type } from '@sinclair/typebox';
import { SettledAnswer } from '#contract/profile.ts';
import { ShopNameBody, ShopSettingsBody, ShopSettingsPage } from '#contract/shop-settings.ts';
import { renameShop } from '#store/shop.ts';
import { tellKeysChanged } from '#store/shop-key.ts';
import { findShopSettingsPage } from '#views/shop-settings.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct, noteFact } from './note.ts';
import { stateOwnFact } from './own-fact.ts';

/** The shop's name, and what stands where a statement names no zone, currency or country (facts, rules §1). */
export function shopSettingsRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/shop-settings',
    { schema: { params: ShopParams, response: { 200: ShopSettingsPage } } },
    async (request, reply) => (await findShopSettingsPage(desk.db, shopOf(request))) ?? sendNotFound(reply),
  );

  app.post(
    '/api/shops/:shopId/shop-settings',
    { schema: { params: ShopParams, body: ShopSettingsBody, response: { 200: SettledAnswer, 202: SettledAnswer } } },
    async (request, reply) => {
      const change = request.body;
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, {
        type: 'settings',
        store: null,
        ownTime: null,
        change,
      });
      await noteFact(desk, request, answer, 'shop.settings', { detail: { changed: Object.keys(change) } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );

  app.post(
    '/api/shops/:shopId/revoke-tokens',
    { schema: { params: ShopParams, response: { 200: SettledAnswer, 202: SettledAnswer } } },
    async (request, reply) => {
      // Tokens know their second: those of the running one are revoked too.
      const tokensFrom = Math.ceil(desk.now() / 1000) * 1000;
      const fact = { type: 'settings', store: null, ownTime: null, change: { tokensFrom } } as const;
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, fact);
      await noteFact(desk, request, answer, 'shop.revoke_tokens', {});
      await tellKeysChanged(desk.pool);
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );

  app.post(
    '/api/shops/:shopId/name',
    { schema: { params: ShopParams, body: ShopNameBody, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const name = request.body.name.trim();
      await renameShop(desk.pool, shopId, name);
      await noteAct(desk, request, 'shop.rename', { detail: { name } });
      return reply.code(204).send(null);
    },
  );
}
