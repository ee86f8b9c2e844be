import { randomUUID } from 'node:crypto';
import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import type { WebhookMessage } from '#contract/webhook-events.ts';
import {
  DeliveryList,
  DeliveryPage,
  DeliveryState,
  EndpointBody,
  EndpointList,
  EndpointSecrets,
  mostEndpoints,
  TestAnswer,
  WebhookKind,
} from '#contract/webhooks.ts';
import type { ShopId } from '#domain/ids.ts';
import { sendMessage } from '#outbound/webhook-sender.ts';
import { inTransaction } from '#store/db.ts';
import { hastenDelivery, recordTest, replayDelivery, skipDelivery } from '#store/webhook-delivery.ts';
import {
  changeEndpoint,
  createEndpoint,
  deleteEndpoint,
  openSecrets,
  pauseEndpoint,
  resumeEndpoint,
  rotateSecret,
} from '#store/webhook-endpoint.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { findDelivery, listDeliveries, listEndpoints } from '#views/webhook-list.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';
import { noteAct } from './note.ts';

const EndpointParams = Type.Object({
  ...ShopParams.properties,
  endpointId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
});
const DeliveryParams = Type.Object({
  ...ShopParams.properties,
  deliveryId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});
const base = '/api/shops/:shopId/webhooks';
const one = `${base}/:endpointId`;
const Done = Type.Object({ done: Type.Boolean() });

/** Endpoints of outgoing webhooks, their secrets, and the log of what was sent. Every change and every secret shown is written down. */
export function webhookRoutes(app: DeskApp, desk: Desk): void {
  const { pool, db, keys, now, guarded } = desk;

  /** True when the address may be called; otherwise the answer is sent. */
  async function isReachable(reply: FastifyReply, url: string): Promise<boolean> {
    const refused = await guarded.check(url);
    if (refused !== null) sendError(reply, 400, refused, 'No message can be sent to this address.', 'url');
    return refused === null;
  }

  app.get(base, { schema: { params: ShopParams, response: { 200: EndpointList } } }, async (request, reply) => {
    const shop = shopOf(request);
    const found = await findShopSettings(db, shop);
    if (found === null) return sendNotFound(reply);
    return { zone: found.settings.zone, endpoints: await listEndpoints(db, shop) };
  });

  app.post(
    base,
    { schema: { params: ShopParams, body: EndpointBody, response: { 200: EndpointSecrets } } },
    async (request, reply) => {
      const shop = shopOf(request);
      const { url, kinds } = request.body;
      if ((await listEndpoints(db, shop)).length >= mostEndpoints)
        return sendError(reply, 400, 'webhook.too_many', `A shop has at most ${mostEndpoints} endpoints.`);
      if (!(await isReachable(reply, url))) return reply;
      const made = await createEndpoint(pool, keys, shop, request.body, now());
      await noteAct(desk, request, 'webhook.create', {
        detail: { endpointId: made.id, name: request.body.name, kinds },
      });
      return { id: made.id, secrets: [made.secret] };
    },
  );

  app.post(
    one,
    { schema: { params: EndpointParams, body: EndpointBody, response: { 200: Done } } },
    async (request, reply) => {
      const { endpointId } = request.params;
      const { url, kinds } = request.body;
      if (!(await isReachable(reply, url))) return reply;
      if (!(await changeEndpoint(pool, shopOf(request), endpointId, request.body))) return sendNotFound(reply);
      await noteAct(desk, request, 'webhook.change', { detail: { endpointId, name: request.body.name, kinds } });
      return { done: true };
    },
  );

  const acts = {
    delete: (shop: ShopId, id: number) => deleteEndpoint(pool, shop, id),
    pause: (shop: ShopId, id: number) => pauseEndpoint(pool, shop, id, 'staff', now()),
    resume: (shop: ShopId, id: number) => resumeEndpoint(pool, shop, id, now()),
  };
  for (const name of ['delete', 'pause', 'resume'] as const) {
    const act = acts[name];
    app.post(
      `${one}/${name}`,
      { schema: { params: EndpointParams, response: { 200: Done } } },
      async (request, reply) => {
        const { endpointId } = request.params;
        if (!(await act(shopOf(request), endpointId))) return sendNotFound(reply);
        await noteAct(desk, request, `webhook.${name}`, { detail: { endpointId } });
        return { done: true };
      },
    );
  }

  app.post(
    `${one}/rotate`,
    { schema: { params: EndpointParams, response: { 200: EndpointSecrets } } },
    async (request, reply) => {
      const { endpointId } = request.params;
      const secret = await rotateSecret(pool, keys, shopOf(request), endpointId, now());
      if (secret === null) return sendNotFound(reply);
      await noteAct(desk, request, 'webhook.rotate', { detail: { endpointId } });
      return { id: endpointId, secrets: [secret] };
    },
  );

  app.post(
    `${one}/reveal`,
    { schema: { params: EndpointParams, response: { 200: EndpointSecrets } } },
    async (request, reply) => {
      const { endpointId } = request.params;
      const secrets = await openSecrets(pool, keys, shopOf(request), endpointId, now());
      if (secrets === null) return sendNotFound(reply);
      // Written down first: nobody sees the secret without a trace.
      await noteAct(desk, request, 'webhook.reveal', { detail: { endpointId } });
      return { id: endpointId, secrets: [...secrets] };
    },
  );

  app.post(
    `${one}/test`,
    {
      config: { rateLimit: { max: 10, timeWindow: 60_000 } },
      schema: { params: EndpointParams, response: { 200: TestAnswer } },
    },
    async (request, reply) => {
      const shop = shopOf(request);
      const { endpointId } = request.params;
      const endpoint = (await listEndpoints(db, shop)).find(({ id }) => id === endpointId);
      const secrets = await openSecrets(pool, keys, shop, endpointId, now());
      if (endpoint === undefined || secrets === null) return sendNotFound(reply);
      const message: WebhookMessage = {
        type: 'webhook.test',
        timestamp: new Date(now()).toISOString(),
        data: { shop, message: 'A test from the back office; it says nothing about anybody.' },
      };
      const made = { messageId: `msg_${randomUUID()}`, kind: message.type, body: JSON.stringify(message) };
      const sent = await sendMessage(guarded, { url: endpoint.url, secrets, ...made }, now);
      await noteAct(desk, request, 'webhook.test', { detail: { endpointId } });
      await inTransaction(pool, (client) => recordTest(client, { shopId: shop, id: endpointId }, made, sent));
      const { arrived, status, failure, answer } = sent;
      return { arrived, status, failure, tookMs: Math.round(sent.tookMs), answer };
    },
  );

  app.get(
    `${one}/deliveries`,
    {
      schema: {
        params: EndpointParams,
        querystring: Type.Object(
          {
            state: Type.Optional(DeliveryState),
            kind: Type.Optional(WebhookKind),
            before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
          },
          { additionalProperties: false },
        ),
        response: { 200: DeliveryList },
      },
    },
    async (request) => {
      const { state = null, kind = null, before = null } = request.query;
      return listDeliveries(db, shopOf(request), { endpoint: request.params.endpointId, state, kind, before });
    },
  );

  const log = '/api/shops/:shopId/webhook-deliveries/:deliveryId';
  app.get(log, { schema: { params: DeliveryParams, response: { 200: DeliveryPage } } }, async (request, reply) => {
    const { deliveryId } = request.params;
    return (await findDelivery(db, shopOf(request), deliveryId)) ?? sendNotFound(reply);
  });

  const moves = { replay: replayDelivery, hasten: hastenDelivery, skip: skipDelivery };
  for (const name of ['replay', 'hasten', 'skip'] as const) {
    const move = moves[name];
    app.post(
      `${log}/${name}`,
      { schema: { params: DeliveryParams, response: { 200: Done } } },
      async (request, reply) => {
        const { deliveryId } = request.params;
        if (!(await move(pool, shopOf(request), deliveryId, now()))) return sendNotFound(reply);
        await noteAct(desk, request, `webhook.${name}`, { detail: { deliveryId } });
        return { done: true };
      },
    );
  }
}
