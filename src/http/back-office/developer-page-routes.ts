import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { CodeBody, DeveloperKeys, DeveloperPage, OpenBody } from '#contract/developer.ts';
import { rawLimit } from '#contract/lists.ts';
import { maskEmail } from '#contract/mask.ts';
import { developerOrderRows, OrderHistory, OrderList } from '#contract/orders.ts';
import { SiteCheck, SiteCheckBody } from '#contract/site-check.ts';
import { JournalDetail, JournalPage, JournalQuery, TroubleList } from '#contract/verification.ts';
import type { AuditAct } from '#domain/audit.ts';
import { appendAudit } from '#store/audit.ts';
import { inTransaction } from '#store/db.ts';
import {
  closeBrowser,
  codeMinutes,
  type Developer,
  findDeveloper,
  makeCode,
  noteVisit,
  openInvitation,
  proveCode,
} from '#store/developer-session.ts';
import { queueMail } from '#store/outbox.ts';
import { revealPrivateKey } from '#store/shop-key.ts';
import { ensureTestPair, findTestPair } from '#store/test-pair.ts';
import { findDeveloperPage } from '#views/developer-page.ts';
import { findJournalPage, findTroubles } from '#views/journal-list.ts';
import { findOrderHistory, listOrders } from '#views/order-list.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { findJournalItem } from '#views/verification.ts';
import { sendError } from '../errors.ts';
import { addressOf, type Desk, type DeskApp, sendNotFound } from './desk.ts';
import { maskItem, maskOrder, maskRow, maskState } from './developer-mask.ts';
import type { LiveStreams } from './live-stream.ts';
import type { PluginFiles } from './plugin-archive.ts';
import { PluginParam, sendPlugin } from './plugin-routes.ts';
import { checkSite } from './site-check.ts';

const cookieName = 'spread_dev';
/** Bytes of an item rendered again, masked; more are told by their number. */
const renderedBytes = 300_000;
const guesses = { rateLimit: { max: 30, timeWindow: 5 * 60_000 } };
const Done = { 204: Type.Null() };
const { subject: _, ...filters } = JournalQuery.properties;
/** Whether an e-mail address ever came is nothing to ask here. */
const DeveloperQuery = Type.Object(filters, { additionalProperties: false });

const developers = new WeakMap<FastifyRequest, Developer>();

/** The page behind a mailed link, for who has no account: everything is asked for again at each call, so that a revoked link is dead. */
export function developerPageRoutes(app: DeskApp, desk: Desk, streams: LiveStreams, plugins: PluginFiles): void {
  app.post('/api/dev/open', { config: guesses, schema: { body: OpenBody, response: Done } }, async (request, reply) => {
    const opened = await inTransaction(desk.pool, async (client) => {
      const found = await openInvitation(client, request.body.token, desk.now());
      const developer = found === null ? null : await findDeveloper(client, found.cookie, desk.now());
      if (developer !== null) await note(client, desk, developer, 'developer.open');
      return found;
    });
    if (opened === null)
      return sendError(reply, 401, 'link.over', 'This link is not valid, has expired or was revoked.');
    return reply
      .header('set-cookie', cookieOf(desk, request, opened.cookie, Math.floor(opened.lifeMs / 1000)))
      .code(204)
      .send(null);
  });

  app.register(async (scope) => {
    const inner: DeskApp = scope.withTypeProvider();
    inner.addHook('onRequest', async (request, reply) => {
      const developer = await findDeveloper(desk.pool, readCookie(request), desk.now());
      if (developer === null) return sendError(reply, 401, 'link.over', 'Open your page with the link of your mail.');
      developers.set(request, developer);
      reply.header('referrer-policy', 'no-referrer').header('x-robots-tag', 'noindex');
    });
    pageRoutes(inner, desk);
    inner.get(
      '/api/dev/plugins/:platform',
      { schema: { params: Type.Object({ platform: PluginParam }) } },
      (request, reply) =>
        sendPlugin(desk, plugins, reply, {
          shop: developerOf(request).shopId,
          platform: request.params.platform,
          collectorUrl: addressOf(desk, request),
        }),
    );
    keyRoutes(inner, desk);
    watchRoutes(inner, desk, streams);
  });
}

function pageRoutes(app: DeskApp, desk: Desk): void {
  app.get('/api/dev/page', { schema: { response: { 200: DeveloperPage } } }, async (request, reply) => {
    const developer = developerOf(request);
    const { shopId, keyId, email, mayRead, proved, expiresAt } = developer;
    const page = await findDeveloperPage(desk.db, shopId, keyId);
    if (page === null) return sendNotFound(reply);
    await noteVisit(desk.pool, developer, desk.now());
    return {
      ...page,
      email: maskEmail(email),
      until: expiresAt,
      mayRead,
      proved,
      collectorUrl: addressOf(desk, request),
      testKey: await ensureTestPair(desk.pool, desk.keys, shopId),
    };
  });

  app.post('/api/dev/leave', { schema: { response: Done } }, async (request, reply) => {
    await closeBrowser(desk.pool, developerOf(request));
    return reply
      .header('set-cookie', cookieOf(desk, request, '', 0))
      .code(204)
      .send(null);
  });

  app.post(
    '/api/dev/site-check',
    {
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: { body: SiteCheckBody, response: { 200: SiteCheck } },
    },
    async (request, reply) =>
      (await checkSite(desk, request, developerOf(request).shopId, request.body.url)) ?? sendNotFound(reply),
  );
}

/** The private keys, in a browser that proved the invited address. */
function keyRoutes(app: DeskApp, desk: Desk): void {
  app.post('/api/dev/code', { config: guesses, schema: { response: Done } }, async (request, reply) => {
    const developer = developerOf(request);
    const { shopId, email, lang } = developer;
    const shop = (await findDeveloperPage(desk.db, shopId, developer.keyId))?.shop ?? '';
    const sent = await inTransaction(desk.pool, async (client) => {
      const code = await makeCode(client, desk.keys, developer, desk.now());
      if (code === null) return false;
      const letter = { kind: 'developer_code', shop, code, minutes: codeMinutes };
      await queueMail(client, desk.keys, { shopId, to: email, lang, letter }, desk.now());
      await note(client, desk, developer, 'developer.code');
      return true;
    });
    if (sent) return reply.code(204).send(null);
    reply.header('retry-after', '3600');
    return sendError(reply, 429, 'code.too_many', 'Too many codes were sent; use the last one, or wait an hour.');
  });

  app.post(
    '/api/dev/code/prove',
    { config: guesses, schema: { body: CodeBody, response: Done } },
    async (request, reply) => {
      const proved = await proveCode(desk.pool, desk.keys, developerOf(request), request.body.code, desk.now());
      if (!proved) return sendError(reply, 400, 'code.wrong', 'This code is wrong or too old.', 'code');
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/api/dev/keys',
    { config: guesses, schema: { response: { 200: DeveloperKeys } } },
    async (request, reply) => {
      const developer = developerOf(request);
      const { shopId, keyId, proved } = developer;
      if (!proved) return sendError(reply, 403, 'code.needed', 'Type the code mailed to you first.');
      const testId = await findTestPair(desk.pool, shopId);
      const [own, test] = await Promise.all(
        [keyId, testId ?? 0].map((id) => revealPrivateKey(desk.pool, desk.keys, shopId, id)),
      );
      if (own === null || own === undefined) return sendNotFound(reply);
      // Written down first: nobody sees a key without a trace.
      await note(desk.pool, desk, developer, 'developer.reveal', { keyId });
      return { own, test: test ?? '' };
    },
  );
}

/** What the shop sends, masked. */
function watchRoutes(app: DeskApp, desk: Desk, streams: LiveStreams): void {
  app.get('/api/dev/live', (request, reply) => {
    const { shopId: shop } = developerOf(request);
    const cookie = readCookie(request);
    streams.open(request, reply, {
      shop,
      show: maskRow,
      stillMay: async () => (await findDeveloper(desk.pool, cookie, desk.now())) !== null,
    });
  });

  app.get(
    '/api/dev/journal',
    { schema: { querystring: DeveloperQuery, response: { 200: JournalPage } } },
    async (request) => {
      const page = await findJournalPage(desk.db, desk.keys, developerOf(request).shopId, request.query);
      return { ...page, rows: page.rows.map(maskRow) };
    },
  );

  app.get(
    '/api/dev/journal/:receivedAt/:seq',
    {
      schema: {
        params: Type.Object({
          receivedAt: Type.Integer({ minimum: 0, maximum: 8.64e15 }),
          seq: Type.String({ pattern: '^\\d{1,18}$' }),
        }),
        response: { 200: JournalDetail },
      },
    },
    async (request, reply) => {
      const { shopId } = developerOf(request);
      const { receivedAt, seq } = request.params;
      const [item, found] = await Promise.all([
        findJournalItem(desk.db, shopId, receivedAt, seq, renderedBytes),
        findShopSettings(desk.db, shopId),
      ]);
      if (item === null) return sendNotFound(reply);
      const own = new Set(found?.settings.bases.map(({ techName }) => techName) ?? []);
      const masked = maskItem(item, own);
      return { ...masked, raw: masked.raw?.slice(0, rawLimit) ?? null };
    },
  );

  app.get('/api/dev/troubles', { schema: { response: { 200: TroubleList } } }, (request) =>
    findTroubles(desk.db, developerOf(request).shopId, desk.now()),
  );

  app.get('/api/dev/orders', { schema: { response: { 200: OrderList } } }, async (request, reply) => {
    const list = await listOrders(desk.db, developerOf(request).shopId, {}, developerOrderRows);
    return list === null ? sendNotFound(reply) : { ...list, next: null, orders: list.orders.map(maskOrder) };
  });

  app.get(
    '/api/dev/orders/:id/states',
    { schema: { params: Type.Object({ id: Type.Integer({ minimum: 1 }) }), response: { 200: OrderHistory } } },
    async (request, reply) => {
      const history = await findOrderHistory(desk.db, developerOf(request).shopId, request.params.id);
      return history === null ? sendNotFound(reply) : { states: history.states.map(maskState) };
    },
  );
}

/** Nobody of the team did it: whom they invited did. */
function note(
  db: Parameters<typeof appendAudit>[0],
  desk: Desk,
  { shopId, email, invitationId }: Developer,
  action: AuditAct,
  detail: Readonly<Record<string, number>> = {},
): Promise<void> {
  const what = { at: desk.now(), action, detail: { invitationId, ...detail } };
  return appendAudit(db, { shopId, userId: null, who: email, ...what });
}

/** Only behind the hook that finds them. */
function developerOf(request: FastifyRequest): Developer {
  const developer = developers.get(request);
  if (developer === undefined) throw new Error('asked before the cookie was read');
  return developer;
}

function readCookie(request: FastifyRequest): string {
  return new RegExp(`(?:^|; *)${cookieName}=([\\w.-]{1,100})`).exec(request.headers.cookie ?? '')?.[1] ?? '';
}

/** Of no use to scripts, to other sites, and outside these routes. */
function cookieOf(desk: Desk, request: FastifyRequest, value: string, seconds: number): string {
  const secure = addressOf(desk, request).startsWith('https:') ? '; Secure' : '';
  return `${cookieName}=${value}; Path=/api/dev; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
}
