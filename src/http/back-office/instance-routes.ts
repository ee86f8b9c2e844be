import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AuditList, AuditQuery } from '#contract/audit.ts';
import {
  DeleteShopBody,
  Health,
  InstancePeople,
  InstanceShops,
  NewShopAnswer,
  NewShopBody,
  OwnerBody,
  PeopleQuery,
} from '#contract/instance.ts';
import type { AuditAct } from '#domain/audit.ts';
import { type ShopId, shopId } from '#domain/ids.ts';
import { type AuditEntry, appendAudit } from '#store/audit.ts';
import { endSessions, findUser } from '#store/auth-user.ts';
import { inTransaction } from '#store/db.ts';
import { type DropAnswer, dropUser, saveOwner } from '#store/instance-user.ts';
import { saveMember } from '#store/member.ts';
import { dropSecondFactor } from '#store/second-factor.ts';
import { createShop, findShopName } from '#store/shop.ts';
import { beginShopDeletion, closeShop } from '#store/shop-life.ts';
import { findPerson } from '#views/account.ts';
import { listAudit } from '#views/audit-list.ts';
import { listInstancePeople, listInstanceShops } from '#views/instance.ts';
import { exportShop } from '#views/shop-export.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, userOf } from './desk.ts';
import { findInstanceHealth } from './instance-health.ts';
import { mailChange } from './password-routes.ts';

const PersonParams = Type.Object({ userId: Type.String({ minLength: 1, maxLength: 64 }) });
const Done = { 204: Type.Null() };
const shops = '/api/instance/shops';
const people = '/api/instance/people/:userId';

/** 403 for whoever does not own the installation. Behind `requireUser`. */
export async function requireOwner(desk: Desk, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { instanceAdmin } = await findPerson(desk.db, userOf(request).id);
  if (!instanceAdmin) return sendError(reply, 403, 'role.forbidden', 'This is for the owners of the installation.');
}

/** The installation itself: its shops, its people, how it fares, and what was done to it. */
export function instanceRoutes(app: DeskApp, desk: Desk, dataFolder: string | null): void {
  const { pool, db, keys, now } = desk;
  const startedAt = now();
  const note = (request: FastifyRequest, action: AuditAct, detail: AuditEntry['detail'], shop: ShopId | null = null) =>
    appendAudit(pool, { shopId: shop, userId: userOf(request).id, at: now(), action, detail });
  /** In the log of the installation, which outlives the shop, and in the shop's own, for its people. */
  const noteShop = async (
    request: FastifyRequest,
    action: AuditAct,
    shop: ShopId,
    detail: AuditEntry['detail'] = {},
  ) => {
    await note(request, action, { shop: (await findShopName(pool, shop)) ?? shop, ...detail });
    await note(request, action, detail, shop);
  };

  app.get(shops, { schema: { response: { 200: InstanceShops } } }, (request) =>
    listInstanceShops(db, userOf(request).id),
  );

  app.post(shops, { schema: { body: NewShopBody, response: { 200: NewShopAnswer } } }, async (request, reply) => {
    const name = request.body.name.trim();
    if (name === '') return sendError(reply, 400, 'name.empty', 'Give the shop a name.', 'name');
    const made = await inTransaction(pool, async (client) => {
      const shop = await createShop(client, keys, { name });
      await saveMember(client, shop.shopId, userOf(request).id, 'administrator');
      return shop.shopId;
    });
    await note(request, 'shop.create', { shop: name });
    return { shopId: made };
  });

  app.post(`${shops}/:shopId/close`, { schema: { params: ShopParams, response: Done } }, async (request, reply) =>
    turn(request, reply, now(), 'shop.close'),
  );
  app.post(`${shops}/:shopId/open`, { schema: { params: ShopParams, response: Done } }, async (request, reply) =>
    turn(request, reply, null, 'shop.open'),
  );

  app.post(
    `${shops}/:shopId/delete`,
    { schema: { params: ShopParams, body: DeleteShopBody, response: Done } },
    async (request, reply) => {
      const { name } = request.body;
      const answer = await beginShopDeletion(pool, shopId(request.params.shopId), name, now());
      if (answer === 'not_found') return sendNotFound(reply);
      if (answer === 'open') return sendError(reply, 409, 'shop.open', 'Close the shop first.');
      if (answer === 'other_name')
        return sendError(reply, 400, 'shop.other_name', 'This is not the name of the shop.', 'name');
      await note(request, 'shop.delete', { shop: name.trim() });
      return reply.code(204).send(null);
    },
  );

  /** Takes a place in a shop whose people are gone, or that needs help. */
  app.post(`${shops}/:shopId/join`, { schema: { params: ShopParams, response: Done } }, async (request, reply) => {
    const shop = shopId(request.params.shopId);
    const known = (await listInstanceShops(db, userOf(request).id)).shops.find(({ id }) => id === shop);
    if (known === undefined || known.deletingAt !== null) return sendNotFound(reply);
    await saveMember(pool, shop, userOf(request).id, 'administrator');
    await noteShop(request, 'member.join', shop, { role: 'administrator' });
    return reply.code(204).send(null);
  });

  app.get(`${shops}/:shopId/export`, { schema: { params: ShopParams } }, async (request, reply) => {
    const shop = shopId(request.params.shopId);
    const lines = await exportShop(pool, shop, now());
    if (lines === null) return sendNotFound(reply);
    // Written down first: nothing leaves without a trace.
    await noteShop(request, 'shop.export', shop);
    return reply
      .header('content-type', 'application/gzip')
      .header('content-disposition', `attachment; filename="shop-${shop}.ndjson.gz"`)
      .send(Readable.from(lines).pipe(createGzip()));
  });

  app.get(
    '/api/instance/people',
    { schema: { querystring: PeopleQuery, response: { 200: InstancePeople } } },
    (request) => listInstancePeople(db, request.query.search ?? ''),
  );

  app.post(
    `${people}/owner`,
    { schema: { params: PersonParams, body: OwnerBody, response: Done } },
    async (request, reply) => {
      const { userId } = request.params;
      const { instanceAdmin } = request.body;
      const answer = await saveOwner(pool, userId, instanceAdmin);
      if (answer !== 'done') return refuse(reply, answer);
      const action = instanceAdmin ? 'user.owner' : 'user.owner_end';
      await note(request, action, { email: (await findUser(pool, userId))?.email ?? null });
      return reply.code(204).send(null);
    },
  );

  /** For who lost both the phone and the codes: signs them out, and asks for the password alone from then on. */
  app.post(
    `${people}/second-factor-off`,
    { schema: { params: PersonParams, response: Done } },
    async (request, reply) => {
      const user = await findUser(pool, request.params.userId);
      if (user === null) return sendNotFound(reply);
      await inTransaction(pool, async (client) => {
        await dropSecondFactor(client, user.id);
        await endSessions(client, user.id, { butNot: null });
        await mailChange(client, desk, user, 'second_factor_off');
      });
      await note(request, 'user.second_factor_off', { email: user.email });
      return reply.code(204).send(null);
    },
  );

  app.post(`${people}/delete`, { schema: { params: PersonParams, response: Done } }, async (request, reply) => {
    const user = await findUser(pool, request.params.userId);
    if (user === null) return sendNotFound(reply);
    const answer = await dropUser(pool, user.id);
    if (answer !== 'done') return refuse(reply, answer);
    await note(request, 'user.delete', { email: user.email });
    return reply.code(204).send(null);
  });

  app.get('/api/instance/health', { schema: { response: { 200: Health } } }, () =>
    findInstanceHealth(desk, dataFolder, startedAt),
  );

  app.get('/api/instance/audit', { schema: { querystring: AuditQuery, response: { 200: AuditList } } }, (request) =>
    listAudit(db, null, request.query),
  );

  async function turn(
    request: FastifyRequest<{ Params: { shopId: number } }>,
    reply: FastifyReply,
    at: number | null,
    action: AuditAct,
  ): Promise<FastifyReply> {
    const shop = shopId(request.params.shopId);
    if (!(await closeShop(pool, shop, at))) return sendNotFound(reply);
    await noteShop(request, action, shop);
    return reply.code(204).send(null);
  }
}

function refuse(reply: FastifyReply, answer: Exclude<DropAnswer, 'done'>): FastifyReply {
  if (answer === 'not_found') return sendNotFound(reply);
  if (answer === 'last_owner')
    return sendError(
      reply,
      409,
      'user.last_owner',
      'The installation keeps at least one owner: make another one first.',
    );
  return sendError(
    reply,
    409,
    'member.last_administrator',
    `They are the only administrator of "${answer.lastAdministratorOf}": make another one there first.`,
  );
}
