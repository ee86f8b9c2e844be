import { Type } from '@sinclair/typebox';
import { Overview, OverviewDays } from '#contract/overview.ts';
import { findOverview } from '#views/overview.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';

/** The figures of the shop's last days. */
export function overviewRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/overview',
    {
      schema: {
        params: ShopParams,
        querystring: Type.Object({ days: Type.Optional(OverviewDays) }),
        response: { 200: Overview },
      },
    },
    async (request, reply) =>
      (await findOverview(desk.db, shopOf(request), request.query.days ?? 30, desk.now())) ?? sendNotFound(reply),
  );
}
