import { SettledAnswer } from '#contract/profile.ts';
import { RetentionBody, RetentionPage } from '#contract/retention.ts';
import { findRetentionPage } from '#views/retention.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteFact } from './note.ts';
import { stateOwnFact } from './own-fact.ts';

/** How long the shop keeps what: a setting that rules read, with what it would take tonight before it is saved. */
export function retentionRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/retention',
    { schema: { params: ShopParams, response: { 200: RetentionPage } } },
    async (request, reply) =>
      (await findRetentionPage(desk.pool, shopOf(request), {}, desk.now())) ?? sendNotFound(reply),
  );

  app.post(
    '/api/shops/:shopId/retention/preview',
    { schema: { params: ShopParams, body: RetentionBody, response: { 200: RetentionPage } } },
    async (request, reply) =>
      (await findRetentionPage(desk.pool, shopOf(request), request.body, desk.now())) ?? sendNotFound(reply),
  );

  app.post(
    '/api/shops/:shopId/retention',
    { schema: { params: ShopParams, body: RetentionBody, response: { 200: SettledAnswer, 202: SettledAnswer } } },
    async (request, reply) => {
      const change = { retention: request.body };
      const said = { type: 'settings', store: null, ownTime: null, change } as const;
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, said);
      await noteFact(desk, request, answer, 'settings.change', { detail: { changed: Object.keys(request.body) } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );
}
