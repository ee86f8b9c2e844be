import { Type } from '@sinclair/typebox';
import { may } from '#contract/permissions.ts';
import { JournalDetail } from '#contract/verification.ts';
import { findRoleInSession } from '#views/shop-list.ts';
import { findJournalDetail } from '#views/verification.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, sessionOf, shopOf } from './desk.ts';
import type { LiveStreams } from './live-stream.ts';

/** What arrives, as it arrives, and one item in full. */
export function liveRoutes(app: DeskApp, desk: Desk, streams: LiveStreams): void {
  app.get('/api/shops/:shopId/live', { schema: { params: ShopParams } }, (request, reply) => {
    const shop = shopOf(request);
    const session = sessionOf(request);
    streams.open(request, reply, {
      shop,
      show: (row) => row,
      async stillMay() {
        const role = await findRoleInSession(desk.db, session, shop);
        return role !== null && may(role, 'verification.see');
      },
    });
  });

  app.get(
    '/api/shops/:shopId/journal/:receivedAt/:seq',
    {
      schema: {
        params: Type.Object({
          ...ShopParams.properties,
          receivedAt: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
          seq: Type.String({ pattern: '^\\d{1,18}$' }),
        }),
        response: { 200: JournalDetail },
      },
    },
    async (request, reply) => {
      const { receivedAt, seq } = request.params;
      return (await findJournalDetail(desk.db, shopOf(request), receivedAt, seq)) ?? sendNotFound(reply);
    },
  );
}
