import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import { type SiteCheck, siteFindings } from '#contract/site-check.ts';
import type { ShopId } from '#domain/ids.ts';
import { checkPage } from '#outbound/page-check.ts';
import { findTrackerPage } from '#views/tracker-page.ts';
import { addressOf, type Desk } from './desk.ts';

const limits = { timeoutMs: 10_000, maxBytes: 2_000_000, maxRedirects: 5, plain: true };

/** Looks at a page of the shop through the guarded fetch, and says whether the tracker can work there; null: no such shop. */
export async function checkSite(
  desk: Desk,
  request: FastifyRequest,
  shop: ShopId,
  typed: string,
): Promise<SiteCheck | null> {
  const page = await findTrackerPage(desk.db, shop);
  if (page === null) return null;
  const answer = await desk.guarded.send({
    ...limits,
    url: withScheme(typed),
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
      collectorUrl: addressOf(desk, request),
      keys: page.keys.map(({ publicKey }) => publicKey),
      domains: page.settings.domains,
    },
  );
  return { url, status, failure: null, findings };
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
