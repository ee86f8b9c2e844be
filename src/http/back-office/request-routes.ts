import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ClientBase } from 'pg';
import { speak } from '#contract/messages/speak.ts';
import {
  ErasureAnswer,
  RightsCloseBody,
  RightsCodeBody,
  RightsCreated,
  RightsExtendBody,
  RightsList,
  RightsMoved,
  RightsPage,
  StaffRightsBody,
} from '#contract/rights.ts';
import { monthsAfter } from '#domain/deadline.ts';
import { profileId, type ShopId } from '#domain/ids.ts';
import type { RightsRefusal, RightsStep } from '#domain/rights.ts';
import { inTransaction } from '#store/db.ts';
import { queueMail } from '#store/outbox.ts';
import {
  appendStep,
  closeRequest,
  extendRequest,
  markVerified,
  type RequestRef,
  type Step,
  startIdentityCheck,
  tryCode,
} from '#store/rights-request.ts';
import { findPersonArchive } from '#views/person-archive.ts';
import { findRightsRequest, listRightsRequests } from '#views/rights-requests.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { stateErasure } from '../erasure.ts';
import { sendError } from '../errors.ts';
import { stateObjections } from '../objections.ts';
import { packArchive } from '../pages/archive.ts';
import { takeRequest } from '../rights-intake.ts';
import { findStopLinks } from '../stop-link.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';

const Params = Type.Object({
  ...ShopParams.properties,
  requestId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});
const place = '/api/shops/:shopId/rights/:requestId';
const moved = { 200: RightsMoved };

/** The queue of what people ask about their data: taken in, checked by mail, carried out, each step written down (rules §7). */
export function requestRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/rights',
    { schema: { params: ShopParams, response: { 200: RightsList } } },
    async (request, reply) => {
      const zone = await zoneOf(desk, shopOf(request));
      if (zone === null) return sendNotFound(reply);
      return listRightsRequests(desk.pool, desk.keys, shopOf(request), zone, desk.now());
    },
  );

  app.post(
    '/api/shops/:shopId/rights',
    { schema: { params: ShopParams, body: StaffRightsBody, response: { 200: RightsCreated } } },
    async (request, reply) => {
      const shopId = shopOf(request);
      const zone = await zoneOf(desk, shopId);
      if (zone === null) return sendNotFound(reply);
      const { cameBy, ...body } = request.body;
      const taken = await takeRequest(
        desk.pool,
        desk.keys,
        { shopId, zone, cameBy, by: byOf(request), now: desk.now() },
        body,
      );
      if ('field' in taken) return sendInvalid(reply, taken.field);
      await noteAct(desk, request, 'rights.take', { detail: { request: taken.id, kind: body.kind } });
      return taken;
    },
  );

  app.get(place, { schema: { params: Params, response: { 200: RightsPage } } }, async (request, reply) => {
    const found = await find(desk, request, request.params.requestId);
    return found ?? sendNotFound(reply);
  });

  app.post(`${place}/identity`, { schema: { params: Params, response: moved } }, async (request, reply) => {
    const ref = refOf(request, request.params.requestId);
    const found = await find(desk, request, ref.id);
    if (found === null) return sendNotFound(reply);
    const sent = await inTransaction(desk.pool, async (client) => {
      const mail = await startIdentityCheck(client, desk.keys, ref, desk.now());
      if (mail === null) return false;
      const { email, lang, kind, token, code } = mail;
      const origin = desk.publicUrl ?? `http://${request.host}`;
      const url = `${origin}/rights/${ref.shopId}-${token}`;
      const [unsubscribe = null] = await findStopLinks(desk, origin, ref.shopId, [{ email }]);
      const letter = { kind: 'rights_identity', shop: found.shopName, right: kind, url, code, unsubscribe } as const;
      await queueMail(client, desk.keys, { shopId: ref.shopId, to: email, lang, letter }, desk.now());
      await appendStep(client, ref, step(desk, request, 'identity_mailed'));
      return true;
    });
    if (sent) await noteAct(desk, request, 'rights.identity', { detail: { request: ref.id } });
    return { moved: sent };
  });

  app.post(`${place}/code`, { schema: { params: Params, body: RightsCodeBody, response: moved } }, async (request) => {
    const ref = refOf(request, request.params.requestId);
    const right = await tryCode(desk.pool, desk.keys, ref, request.body.code, desk.now());
    const answer = await move(desk, async (client) => {
      if (right) return markVerified(client, ref, 'code', step(desk, request, 'identity_code'));
      await appendStep(client, ref, step(desk, request, 'identity_wrong_code'));
      return false;
    });
    if (answer.moved) await noteAct(desk, request, 'rights.verify', { detail: { request: ref.id } });
    return answer;
  });

  /** The team has seen who asks by other means: a paper, a call back, the shop's own account. */
  app.post(`${place}/vouch`, { schema: { params: Params, response: moved } }, async (request) => {
    const ref = refOf(request, request.params.requestId);
    const answer = await move(desk, (client) =>
      markVerified(client, ref, 'staff', step(desk, request, 'identity_vouched')),
    );
    if (answer.moved) await noteAct(desk, request, 'rights.vouch', { detail: { request: ref.id } });
    return answer;
  });

  app.post(
    `${place}/extend`,
    { schema: { params: Params, body: RightsExtendBody, response: moved } },
    async (request, reply) => {
      const ref = refOf(request, request.params.requestId);
      const found = await find(desk, request, ref.id);
      if (found === null) return sendNotFound(reply);
      const { reason } = request.body;
      const dueAt = monthsAfter(found.receivedAt, 3, found.zone);
      const what = { ...step(desk, request, 'extended'), detail: { reason } };
      const answer = await move(desk, (client) => extendRequest(client, ref, dueAt, what));
      if (answer.moved) await noteAct(desk, request, 'rights.extend', { detail: { request: ref.id, reason } });
      return answer;
    },
  );

  app.get(`${place}/archive`, { schema: { params: Params } }, async (request, reply) => {
    const ref = refOf(request, request.params.requestId);
    const found = await find(desk, request, ref.id);
    if (found === null) return sendNotFound(reply);
    if (found.kind !== 'access' || found.state !== 'verified') return sendUnverified(reply);
    const profiles = found.profiles.map(({ id }) => profileId(id));
    const archive = await findPersonArchive(desk.pool, desk.keys, ref.shopId, profiles, desk.now());
    if (archive === null) return sendNotFound(reply);
    await inTransaction(desk.pool, (client) => appendStep(client, ref, step(desk, request, 'archive_made')));
    await noteAct(desk, request, 'profile.archive', { detail: { request: ref.id } });
    return reply
      .type('application/zip')
      .header('content-disposition', `attachment; filename="request-${ref.id}.zip"`)
      .send(packArchive(speak(found.lang === 'en' ? 'en' : 'fr'), archive));
  });

  /** Erases the holders of the address, tells the person, and closes the request. */
  app.post(
    `${place}/erase`,
    { schema: { params: Params, response: { 200: ErasureAnswer, 202: ErasureAnswer } } },
    async (request, reply) => {
      const ref = refOf(request, request.params.requestId);
      const found = await find(desk, request, ref.id);
      if (found === null) return sendNotFound(reply);
      if (found.kind !== 'erasure' || found.state !== 'verified') return sendUnverified(reply);
      const [first] = found.profiles;
      if (first === undefined) return { state: 'unknown' } as const;
      const who = { shopId: ref.shopId, source: { kind: 'staff', userId: userOf(request).id } } as const;
      const state = await stateErasure(desk, who, first.id);
      if (state === 'unknown') return sendNotFound(reply);
      await noteAct(desk, request, 'profile.erase', {
        profileId: first.id,
        detail: { reason: 'asked', request: ref.id },
      });
      if (state === 'pending') return reply.code(202).send({ state });
      await inTransaction(desk.pool, async (client) => {
        await appendStep(client, ref, step(desk, request, 'erased'));
        if (await closeRequest(client, ref, null, step(desk, request, 'done')))
          await tell(client, ref.shopId, found, null);
      });
      return { state };
    },
  );

  /** Puts every address of the person on the objection list, for each channel it has. */
  app.post(`${place}/object`, { schema: { params: Params, response: moved } }, async (request, reply) => {
    const ref = refOf(request, request.params.requestId);
    const found = await find(desk, request, ref.id);
    const settings = (await findShopSettings(desk.db, ref.shopId))?.settings;
    if (found === null || found.email === null || settings === undefined) return sendNotFound(reply);
    if (found.kind !== 'objection' || found.closedAt !== null) return { moved: false };
    const { engine, settler, settleMs, now } = desk;
    const parts = { engine, settler, settleMs, now, settings };
    const who = { shopId: ref.shopId, source: { kind: 'staff', userId: userOf(request).id }, test: false } as const;
    const answer = await stateObjections(parts, who, [
      { email: found.email, channel: 'email' },
      { email: found.email, channel: 'post' },
    ]);
    // What is pending is safe, and will be applied.
    await noteAct(desk, request, 'objection.add', { detail: { request: ref.id, count: answer.recorded } });
    if (answer.pending) return { moved: false };
    return move(desk, async (client) => {
      await appendStep(client, ref, step(desk, request, 'objected'));
      return close(client, ref, found, null, step(desk, request, 'done'));
    });
  });

  app.post(
    `${place}/close`,
    { schema: { params: Params, body: RightsCloseBody, response: moved } },
    async (request, reply) => {
      const ref = refOf(request, request.params.requestId);
      const found = await find(desk, request, ref.id);
      if (found === null) return sendNotFound(reply);
      const { refusal } = request.body;
      const what = step(desk, request, refusal === null ? 'done' : 'refused');
      const answer = await move(desk, (client) =>
        close(client, ref, found, refusal, refusal === null ? what : { ...what, detail: { reason: refusal } }),
      );
      if (answer.moved) await noteAct(desk, request, 'rights.close', { detail: { request: ref.id, refusal } });
      return answer;
    },
  );

  async function close(
    client: ClientBase,
    ref: RequestRef,
    found: RightsPage,
    refusal: RightsRefusal | null,
    what: Step,
  ): Promise<boolean> {
    if (!(await closeRequest(client, ref, refusal, what))) return false;
    await tell(client, ref.shopId, found, refusal);
    return true;
  }

  /** What became of it goes to the person, in the same transaction. */
  async function tell(
    client: ClientBase,
    shopId: ShopId,
    { email, lang, kind, receivedAt, shopName }: RightsPage,
    refusal: RightsRefusal | null,
  ): Promise<void> {
    if (email === null) return;
    const origin = desk.publicUrl;
    const [unsubscribe = null] = origin === null ? [] : await findStopLinks(desk, origin, shopId, [{ email }]);
    const what = { shop: shopName, right: kind, received: receivedAt, refusal, unsubscribe };
    const letter = { kind: 'rights_closed', ...what } as const;
    await queueMail(client, desk.keys, { shopId, to: email, lang, letter }, desk.now());
  }
}

async function find(desk: Desk, request: FastifyRequest, id: number): Promise<RightsPage | null> {
  const shop = shopOf(request);
  const zone = await zoneOf(desk, shop);
  return zone === null ? null : findRightsRequest(desk.pool, desk.keys, shop, id, zone);
}

async function zoneOf(desk: Desk, shop: ShopId): Promise<string | null> {
  return (await findShopSettings(desk.db, shop))?.settings.zone ?? null;
}

async function move(desk: Desk, work: (client: ClientBase) => Promise<boolean>): Promise<{ moved: boolean }> {
  return { moved: await inTransaction(desk.pool, work) };
}

function refOf(request: FastifyRequest, id: number): RequestRef {
  return { shopId: shopOf(request), id };
}

function byOf(request: FastifyRequest): string {
  return `staff:${userOf(request).id}`;
}

function step(desk: Desk, request: FastifyRequest, what: RightsStep): Step {
  return { at: desk.now(), by: byOf(request), what };
}

function sendInvalid(reply: FastifyReply, field: 'email' | 'received'): FastifyReply {
  const say = field === 'email' ? 'This is no e-mail address.' : 'This day does not exist, or is still to come.';
  return sendError(reply, 400, `${field}.invalid`, say, field);
}

function sendUnverified(reply: FastifyReply): FastifyReply {
  return sendError(reply, 409, 'rights.unverified', 'First check who asks; and only what was asked can be done.');
}
