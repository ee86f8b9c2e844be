import { Type } from '@sinclair/typebox';
import { SettledAnswer } from '#contract/profile.ts';
import { RevealedKey, SettingsBody, TrackerPage } from '#contract/tracker.ts';
import { revealPrivateKey } from '#store/shop-key.ts';
import { findTrackerPage } from '#views/tracker-page.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct, noteFact } from './note.ts';
import { stateOwnFact } from './own-fact.ts';

/** The Tracker page, its settings (facts, rules §5) and its keys. */
export function trackerRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/tracker',
    { schema: { params: ShopParams, response: { 200: TrackerPage } } },
    async (request, reply) => {
      const page = await findTrackerPage(desk.db, shopOf(request));
      if (page === null) return sendNotFound(reply);
      return { ...page, collectorUrl: desk.publicUrl ?? `${request.protocol}://${request.host}` };
    },
  );

  app.post(
    '/api/shops/:shopId/settings',
    { schema: { params: ShopParams, body: SettingsBody, response: { 200: SettledAnswer, 202: SettledAnswer } } },
    async (request, reply) => {
      const { domains, ...rest } = request.body;
      const change =
        domains === undefined ? rest : { ...rest, domains: domains.map((host) => host.trim().toLowerCase()) };
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, {
        type: 'settings',
        store: null,
        ownTime: null,
        change,
      });
      await noteFact(desk, request, answer, 'settings.change', { detail: { changed: Object.keys(change) } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );

  app.post(
    '/api/shops/:shopId/keys/:keyId/reveal',
    {
      schema: {
        params: Type.Object({ ...ShopParams.properties, keyId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) }),
        response: { 200: RevealedKey },
      },
    },
    async (request, reply) => {
      const shopId = shopOf(request);
      const { keyId } = request.params;
      const privateKey = await revealPrivateKey(desk.pool, desk.keys, shopId, keyId);
      if (privateKey === null) return sendNotFound(reply);
      // Written down first: nobody sees the key without a trace.
      await noteAct(desk, request, 'key.reveal', { detail: { keyId } });
      return { privateKey };
    },
  );
}
