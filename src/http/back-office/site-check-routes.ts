import type { IncomingHttpHeaders } from 'node:http';
import { SiteCheck, SiteCheckBody, siteFindings } from '#contract/site-check.ts';
import { checkPage } from '#outbound/page-check.ts';
import { findTrackerPage } from '#views/tracker-page.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';

const limits = { timeoutMs: 10_000, maxBytes: 2_000_000, maxRedirects: 5, plain: true };

/** Looks at a page of the shop through the guarded fetch, and says whether the tracker can work there. */
export function siteCheckRoutes(app: DeskApp, desk: Desk): void {
  app.post(
    '/api/shops/:shopId/site-check',
    {
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: { params: ShopParams, body: SiteCheckBody, response: { 200: SiteCheck } },
    },
    async (request, reply) => {
      const page = await findTrackerPage(desk.db, shopOf(request));
      if (page === null) return sendNotFound(reply);
      const answer = await desk.guarded.send({
        ...limits,
        url: withScheme(request.body.url),
        headers: { accept: 'text/html', 'user-agent': 'Mozilla/5.0 (compatible; SpreadTracker-SiteCheck/1)' },
      });
      if (answer.failed !== null) {
        const code = 'page.unreachable';
        const findings = [{ code, level: siteFindings[code], detail: null }];
        return { url: answer.url, status: null, failure: answer.failed, findings };
      }
      const { url, status, body, cut, headers } = answer;
      const findings = checkPage(
        { url, status, policies: policiesOf(headers), html: body.toString('utf8'), cut },
        {
          collectorUrl: desk.publicUrl ?? `${request.protocol}://${request.host}`,
          keys: page.keys.map(({ publicKey }) => publicKey),
          domains: page.settings.domains,
        },
      );
      return { url, status, failure: null, findings };
    },
  );
}

/** People type `shop.example`. */
function withScheme(text: string): string {
  const typed = text.trim();
  return /^[a-z][a-z0-9+.-]*:/i.test(typed) && !/^[^/]+:\d/.test(typed) ? typed : `https://${typed}`;
}

function policiesOf(headers: IncomingHttpHeaders): string[] {
  const policy = headers['content-security-policy'];
  return policy === undefined ? [] : [policy].flat();
}
