import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { mostSources, SourceBody, SourceList, SourceTest } from '#contract/import-sources.ts';
import type { ShopId } from '#domain/ids.ts';
import { nextDue } from '#domain/schedule.ts';
import { readRemoteFile } from '#outbound/remote-file.ts';
import {
  acceptHostKey,
  askSource,
  changeSource,
  createSource,
  deleteSource,
  findSource,
  noteHostKey,
  pauseSource,
  type Source,
  type SourcePlan,
} from '#store/import-source.ts';
import { listTemplates } from '#store/import-template.ts';
import { listSources } from '#views/import-source-list.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';

const base = '/api/shops/:shopId/import-sources';
const one = `${base}/:sourceId`;
const Params = Type.Object({
  ...ShopParams.properties,
  sourceId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const Done = Type.Object({ done: Type.Boolean() });
/** Each reaches somebody else's server. */
const callLimit = { rateLimit: { max: 20, timeWindow: 60_000 } };

/** Recurring imports: made, looked at from afar, asked for, paused, ended. A secret goes in and never comes out. */
export function importSourceRoutes(app: DeskApp, desk: Desk): void {
  const { pool, keys, now } = desk;
  const find = (request: FastifyRequest, sourceId: number) =>
    findSource(pool, keys, { shopId: shopOf(request), id: sourceId });

  app.get(base, { schema: { params: ShopParams, response: { 200: SourceList } } }, (request) =>
    listSources(pool, shopOf(request)),
  );

  app.post(
    base,
    {
      config: callLimit,
      schema: { params: ShopParams, body: SourceBody, response: { 200: Type.Object({ id: Type.Integer() }) } },
    },
    async (request, reply) => {
      const shop = shopOf(request);
      const plan = planOf(request.body);
      if ((await listSources(pool, shop)).sources.length >= mostSources)
        return sendError(reply, 400, 'import_source.too_many', `A shop has at most ${mostSources} recurring imports.`);
      const refused = await refusePlan(desk, shop, plan, reply);
      if (refused !== null) return refused;
      const nextAt = await dueAfterNow(desk, shop, plan);
      const id = await createSource(pool, keys, shop, plan, { userId: userOf(request).id, nextAt, now: now() });
      await noteAct(desk, request, 'import_source.create', { detail: { sourceId: id, address: plan.address } });
      return { id };
    },
  );

  app.post(
    one,
    { config: callLimit, schema: { params: Params, body: SourceBody, response: { 200: Done } } },
    async (request, reply) => {
      const known = await find(request, request.params.sourceId);
      if (known === null) return sendNotFound(reply);
      const plan = planOf(request.body);
      const moved = movesAway(known, plan);
      // a secret that was kept is never sent to another server than the one it was given for
      if (moved && known.secret !== null && plan.secret === undefined)
        return sendError(
          reply,
          400,
          'import_source.secret',
          'Give the password or the key again: the server or the account changed.',
          'secret',
        );
      const refused = await refusePlan(desk, known.shopId, plan, reply);
      if (refused !== null) return refused;
      const nextAt = await dueAfterNow(desk, known.shopId, plan);
      await changeSource(pool, keys, known, plan, { nextAt, moved });
      await noteAct(desk, request, 'import_source.change', { detail: { sourceId: known.id, address: plan.address } });
      return { done: true };
    },
  );

  app.post(
    `${one}/test`,
    { config: callLimit, schema: { params: Params, response: { 200: SourceTest } } },
    async (request, reply) => {
      const source = await find(request, request.params.sourceId);
      if (source === null) return sendNotFound(reply);
      const answer = await readRemoteFile(desk.guarded, source, null, async ({ size }) => size);
      const { hostKey } = answer;
      if (hostKey !== null) await noteHostKey(pool, source, hostKey, answer.word !== 'failed');
      return {
        fault: answer.word === 'failed' ? answer.fault : null,
        size: answer.word === 'read' ? answer.result : null,
        hostKey,
      };
    },
  );

  app.post(`${one}/run`, { schema: { params: Params, response: { 200: Done } } }, async (request, reply) => {
    const { sourceId } = request.params;
    if (!(await askSource(pool, { shopId: shopOf(request), id: sourceId }, now()))) return sendNotFound(reply);
    await noteAct(desk, request, 'import_source.run', { detail: { sourceId } });
    return { done: true };
  });

  app.post(
    `${one}/pause`,
    { schema: { params: Params, body: Type.Object({ paused: Type.Boolean() }), response: { 200: Done } } },
    async (request, reply) => {
      const { paused } = request.body;
      const source = await find(request, request.params.sourceId);
      if (source === null) return sendNotFound(reply);
      await pauseSource(pool, source, paused, await dueAfterNow(desk, source.shopId, source.schedule), now());
      await noteAct(desk, request, 'import_source.pause', {
        detail: { sourceId: source.id, paused: paused ? 'yes' : 'no' },
      });
      return { done: true };
    },
  );

  app.post(
    `${one}/host-key`,
    {
      schema: {
        params: Params,
        body: Type.Object({ hostKey: Type.String({ minLength: 1, maxLength: 200 }) }),
        response: { 200: Done },
      },
    },
    async (request, reply) => {
      const { sourceId } = request.params;
      const { hostKey } = request.body;
      if (!(await acceptHostKey(pool, { shopId: shopOf(request), id: sourceId }, hostKey))) return sendNotFound(reply);
      await noteAct(desk, request, 'import_source.host_key', { detail: { sourceId, hostKey } });
      return { done: true };
    },
  );

  app.post(`${one}/delete`, { schema: { params: Params, response: { 200: Done } } }, async (request, reply) => {
    const { sourceId } = request.params;
    if (!(await deleteSource(pool, { shopId: shopOf(request), id: sourceId }))) return sendNotFound(reply);
    await noteAct(desk, request, 'import_source.delete', { detail: { sourceId } });
    return { done: true };
  });
}

function planOf({ secret, ...plan }: SourceBody): SourcePlan {
  return { ...plan, address: plan.address.trim(), userName: plan.userName.trim(), secret };
}

function movesAway(known: Source, plan: SourcePlan): boolean {
  const server = (address: string) => {
    const url = URL.parse(address);
    return `${url?.protocol}//${url?.host}`;
  };
  return server(known.address) !== server(plan.address) || known.userName !== plan.userName;
}

async function dueAfterNow(desk: Desk, shop: ShopId, schedule: Source['schedule']): Promise<number> {
  const found = await findShopSettings(desk.db, shop);
  return nextDue(schedule, found?.settings.zone ?? 'UTC', desk.now());
}

/** Sends a 400 that names the field; null: it can be kept. */
async function refusePlan(
  desk: Desk,
  shop: ShopId,
  plan: SourcePlan,
  reply: FastifyReply,
): Promise<FastifyReply | null> {
  const refuse = (code: string, message: string, field: string) => sendError(reply, 400, code, message, field);
  const url = URL.parse(plan.address);
  if (url === null || url.hostname === '') return refuse('url.invalid', 'This is no address of a file.', 'address');
  const isSftp = url.protocol === 'sftp:';
  if (url.username !== '' || url.password !== '')
    return refuse('url.credentials', 'Give the name and the password in their own fields.', 'address');
  const fault = isSftp ? await sftpFault(desk, url) : await desk.guarded.check(plan.address);
  if (fault !== null) return refuse(fault, 'This address cannot be called.', 'address');
  if (isSftp && plan.userName === '') return refuse('import_source.user', 'SFTP needs a user name.', 'userName');
  const { secret } = plan;
  if (secret !== null && secret !== undefined && 'privateKey' in secret) {
    if (!isSftp) return refuse('import_source.key', 'A private key opens SFTP servers only.', 'secret');
    // loads what speaks SFTP, which most installations never do
    const { isUsableKey } = await import('#outbound/sftp-file.ts');
    if (!isUsableKey(secret))
      return refuse('import_source.key', 'This is no private key, or its passphrase is another.', 'secret');
  }
  const templates = await listTemplates(desk.pool, shop);
  if (!templates.some(({ kind, name }) => kind === plan.kind && name === plan.template))
    return refuse('import_source.template', 'There are no kept settings of this name.', 'template');
  const { people } = await listSources(desk.pool, shop);
  if (!people.some(({ id }) => id === plan.notify))
    return refuse('import_source.notify', 'Nobody of this shop.', 'notify');
  return null;
}

async function sftpFault(desk: Desk, url: URL): Promise<string | null> {
  if (url.pathname.length < 2) return 'url.invalid';
  const located = await desk.guarded.locate(url.hostname, 5_000);
  return typeof located === 'string' ? located : null;
}
