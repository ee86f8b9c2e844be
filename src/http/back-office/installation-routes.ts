import { Type } from '@sinclair/typebox';
import { Installation, PlatformBody, RedecideBody, ValidationEffect } from '#contract/installation.ts';
import { Validation } from '#contract/tracker.ts';
import { savePlatform } from '#store/platform.ts';
import { pauseRedecide } from '#store/redecide.ts';
import { ensureTestPair } from '#store/test-pair.ts';
import { findInstallation } from '#views/installation.ts';
import { findValidationEffect } from '#views/validation-effect.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';
import { noteAct } from './note.ts';

/** How the installation stands, the shop's software, and what a change of the validation setting would do and does. */
export function installationRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/installation',
    { schema: { params: ShopParams, response: { 200: Installation } } },
    async (request, reply) => {
      const shop = shopOf(request);
      const found = await findInstallation(desk.db, shop, desk.now());
      if (found === null) return sendNotFound(reply);
      return { ...found, testKey: await ensureTestPair(desk.pool, desk.keys, shop) };
    },
  );

  app.post(
    '/api/shops/:shopId/platform',
    { schema: { params: ShopParams, body: PlatformBody, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { platform } = request.body;
      await savePlatform(desk.pool, shopOf(request), platform);
      await noteAct(desk, request, 'shop.platform', { detail: { platform } });
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/api/shops/:shopId/settings/effect',
    {
      schema: {
        params: ShopParams,
        querystring: Type.Object({
          validation: Validation,
          after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
        }),
        response: { 200: ValidationEffect },
      },
    },
    (request) => findValidationEffect(desk.db, shopOf(request), request.query.validation, request.query.after ?? 0),
  );

  app.post(
    '/api/shops/:shopId/redecide',
    { schema: { params: ShopParams, body: RedecideBody, response: { 204: Type.Null() } } },
    async (request, reply) => {
      const { paused } = request.body;
      await pauseRedecide(desk.pool, shopOf(request), paused);
      await noteAct(desk, request, 'shop.redecide', { detail: { paused } });
      return reply.code(204).send(null);
    },
  );
}
