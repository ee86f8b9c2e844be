import { SiteCheck, SiteCheckBody } from '#contract/site-check.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';
import { checkSite } from './site-check.ts';

/** The site check of the Tracker page. */
export function siteCheckRoutes(app: DeskApp, desk: Desk): void {
  app.post(
    '/api/shops/:shopId/site-check',
    {
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: { params: ShopParams, body: SiteCheckBody, response: { 200: SiteCheck } },
    },
    async (request, reply) =>
      (await checkSite(desk, request, shopOf(request), request.body.url)) ?? sendNotFound(reply),
  );
}
