import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  ConnectionBody,
  ConnectionList,
  type ConnectionRow,
  ConnectionSecret,
  ConnectionSecretBody,
  mostConnections,
  StoreApiBody,
  StoreCheck,
} from '#contract/connections.ts';
import type { ShopId } from '#domain/ids.ts';
import { type Platform, platformStates } from '#domain/platform-state.ts';
import { storeAddress } from '#outbound/store-call.ts';
import { checkStore } from '#outbound/store-check.ts';
import {
  createConnection,
  deleteConnection,
  findStoreApi,
  revealConnectionSecret,
  rotateConnectionSecret,
  type StoreApi,
  saveConnectionFault,
  saveStoreApi,
} from '#store/connection.ts';
import { startPull, stopPull, wakePulls } from '#store/pull.ts';
import { saveHookUrl } from '#store/subscription.ts';
import { listConnections } from '#views/connection-list.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { sendError } from '../errors.ts';
import { addressOf, type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';
import { stateOwnFact } from './own-fact.ts';

const base = '/api/shops/:shopId/connections';
const one = `${base}/:connectionId`;
const Params = Type.Object({
  ...ShopParams.properties,
  connectionId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const Done = Type.Object({ done: Type.Boolean() });

/** Stores that deliver by themselves: made, watched, given another secret, ended; and their API, checked before it is kept. */
export function connectionRoutes(app: DeskApp, desk: Desk): void {
  const { pool, db, keys, now } = desk;
  const list = (request: FastifyRequest, shop: ShopId) => listConnections(pool, shop, addressOf(desk, request));
  const find = async (request: FastifyRequest, id: number): Promise<ConnectionRow | null> =>
    (await list(request, shopOf(request))).find((row) => row.id === id) ?? null;

  app.get(base, { schema: { params: ShopParams, response: { 200: ConnectionList } } }, async (request, reply) => {
    const shop = shopOf(request);
    const found = await findShopSettings(db, shop);
    if (found === null) return sendNotFound(reply);
    return { zone: found.settings.zone, connections: await list(request, shop) };
  });

  app.post(
    base,
    { schema: { params: ShopParams, body: ConnectionBody, response: { 200: ConnectionSecret } } },
    async (request, reply) => {
      const shop = shopOf(request);
      const { platform, name, secret = null } = request.body;
      const known = await list(request, shop);
      if (known.length >= mostConnections)
        return sendError(reply, 400, 'connection.too_many', `A shop has at most ${mostConnections} connections.`);
      if (platform === 'shopify' && secret === null)
        return sendError(reply, 400, 'connection.secret', 'Shopify signs with the client secret of the app.', 'secret');
      const store = namespaceFor(
        platform,
        known.map((row) => row.store),
      );
      await addStore(desk, request, store, platform);
      const createdBy = userOf(request).id;
      const made = await createConnection(pool, keys, shop, { platform, store, name, secret, createdBy }, now());
      await noteAct(desk, request, 'connection.create', { detail: { connectionId: made.id, platform, name } });
      return { id: made.id, url: `${addressOf(desk, request)}/ingest/${made.source}`, secret: made.secret };
    },
  );

  app.post(
    `${one}/reveal`,
    { schema: { params: Params, response: { 200: ConnectionSecret } } },
    async (request, reply) => {
      const row = await find(request, request.params.connectionId);
      const secret = row === null ? null : await revealConnectionSecret(pool, keys, shopOf(request), row.id);
      if (row === null || secret === null) return sendNotFound(reply);
      // Written down first: nobody sees the secret without a trace.
      await noteAct(desk, request, 'connection.reveal', { detail: { connectionId: row.id } });
      return { id: row.id, url: row.url, secret };
    },
  );

  app.post(
    `${one}/rotate`,
    { schema: { params: Params, body: ConnectionSecretBody, response: { 200: ConnectionSecret } } },
    async (request, reply) => {
      const row = await find(request, request.params.connectionId);
      if (row === null) return sendNotFound(reply);
      const given = request.body.secret ?? null;
      if (row.platform === 'shopify' && given === null)
        return sendError(reply, 400, 'connection.secret', 'Shopify signs with the client secret of the app.', 'secret');
      const secret = await rotateConnectionSecret(pool, keys, shopOf(request), row.id, given, now());
      if (secret === null) return sendNotFound(reply);
      await noteAct(desk, request, 'connection.rotate', { detail: { connectionId: row.id } });
      return { id: row.id, url: row.url, secret };
    },
  );

  app.post(`${one}/delete`, { schema: { params: Params, response: { 200: Done } } }, async (request, reply) => {
    const row = await find(request, request.params.connectionId);
    if (row === null || !(await deleteConnection(pool, shopOf(request), row.id))) return sendNotFound(reply);
    await noteAct(desk, request, 'connection.delete', { detail: { connectionId: row.id, name: row.name } });
    return { done: true };
  });

  app.post(
    `${one}/api`,
    {
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
      schema: { params: Params, body: StoreApiBody, response: { 200: StoreCheck } },
    },
    async (request, reply) => {
      const row = await find(request, request.params.connectionId);
      if (row === null) return sendNotFound(reply);
      const address = storeAddress(request.body.address);
      if (address === null) return refuseAddress(reply, 'url.invalid');
      const refused = await desk.guarded.check(address, { plain: true });
      if (refused !== null) return refuseAddress(reply, refused);
      const api = { address, credentials: request.body.credentials };
      const found = await check(desk, request, row, api);
      if (found.ok) await saveStoreApi(pool, keys, shopOf(request), row.id, api);
      await noteAct(desk, request, 'connection.api', {
        detail: { connectionId: row.id, address, ok: String(found.ok) },
      });
      return found;
    },
  );

  pullRoutes(app, desk, find);

  app.post(
    `${one}/check`,
    {
      config: { rateLimit: { max: 20, timeWindow: 60_000 } },
      schema: { params: Params, response: { 200: StoreCheck } },
    },
    async (request, reply) => {
      const shop = shopOf(request);
      const row = await find(request, request.params.connectionId);
      const api = row === null ? null : await findStoreApi(pool, keys, shop, row.id);
      if (row === null || api === null) return sendNotFound(reply);
      const found = await check(desk, request, row, api);
      await saveConnectionFault(pool, shop, row.id, found.ok ? null : (found.missing[0] ?? null), now());
      return found;
    },
  );
}

/** `history` reads everything, when people say so; `reconcile` what changed since the installation or the last round. */
function pullRoutes(
  app: DeskApp,
  desk: Desk,
  find: (request: FastifyRequest, id: number) => Promise<ConnectionRow | null>,
): void {
  const { pool, now } = desk;
  for (const kind of ['history', 'reconcile'] as const) {
    app.post(`${one}/${kind}`, { schema: { params: Params, response: { 200: Done } } }, async (request, reply) => {
      const row = await find(request, request.params.connectionId);
      if (row === null) return sendNotFound(reply);
      const lately = Math.max(row.createdAt, now() - 30 * 86_400_000);
      const since = kind === 'history' ? null : lately;
      const ref = { shopId: shopOf(request), connectionId: row.id, kind };
      if (!(await startPull(pool, ref, since, now(), userOf(request).id)))
        return sendError(reply, 409, 'pull.running', 'It is under way already, or the store’s API is not known yet.');
      await noteAct(desk, request, 'connection.pull', { detail: { connectionId: row.id, kind } });
      await wakePulls(pool);
      return { done: true };
    });
  }

  app.post(`${one}/history/stop`, { schema: { params: Params, response: { 200: Done } } }, async (request, reply) => {
    const { connectionId } = request.params;
    const ref = { shopId: shopOf(request), connectionId, kind: 'history' } as const;
    if (!(await stopPull(pool, ref, now()))) return sendNotFound(reply);
    await noteAct(desk, request, 'connection.pull', { detail: { connectionId, kind: 'history', stopped: 'yes' } });
    await wakePulls(pool);
    return { done: true };
  });
}

async function check(
  { guarded, pool, keys }: Desk,
  request: FastifyRequest,
  { id, platform, url }: ConnectionRow,
  api: StoreApi,
): Promise<StoreCheck> {
  const shop = shopOf(request);
  const secret = await revealConnectionSecret(pool, keys, shop, id);
  const found = await checkStore(guarded, platform, api, { url, secret: secret ?? '' });
  if (found.ok) await saveHookUrl(pool, shop, id, url);
  return found;
}

function refuseAddress(reply: FastifyReply, code: string): FastifyReply {
  return sendError(reply, 400, code, 'The store cannot be reached under this address.', 'address');
}

/** The platform's name, so that a store connected anew continues where it was; a second one gets a number. */
function namespaceFor(platform: string, taken: readonly string[]): string {
  for (let n = 1; ; n++) {
    const name = n === 1 ? platform : `${platform}-${n}`;
    if (!taken.includes(name)) return name;
  }
}

/** Rules read which stores there are; states whose meaning only a map knows get the platform's own (rules §2.1, §3.2). */
async function addStore(desk: Desk, request: FastifyRequest, store: string, platform: string): Promise<void> {
  const shop = shopOf(request);
  const found = await findShopSettings(desk.db, shop);
  if (found === null) return;
  const { stores, stateMaps } = found.settings;
  const states =
    platform === 'prestashop' || platform === 'opencart' ? (platformStates[platform as Platform] ?? []) : [];
  const key = `store:${store}`;
  const mapped = states.length === 0 || stateMaps[key] !== undefined;
  const change = {
    ...(stores.includes(store) ? {} : { stores: [...stores, store] }),
    ...(mapped
      ? {}
      : { stateMaps: { ...stateMaps, [key]: Object.fromEntries(states.map(({ code, state }) => [code, state])) } }),
  };
  if (Object.keys(change).length === 0) return;
  await stateOwnFact(desk, shop, userOf(request).id, { type: 'settings', store: null, ownTime: null, change });
}
