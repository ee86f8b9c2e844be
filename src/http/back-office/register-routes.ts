import { Type } from '@sinclair/typebox';
import { speak } from '#contract/messages/speak.ts';
import { Register } from '#contract/register.ts';
import { findRegister } from '#views/register.ts';
import { pageHeaders } from '../pages/html.ts';
import { renderRegister } from '../pages/register.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf } from './desk.ts';

const language = Type.Optional(Type.Union([Type.Literal('fr'), Type.Literal('en')]));
const querystring = Type.Object({ language }, { additionalProperties: false });

/** The register of processing, made from what is set at this moment: as JSON, as a page to print, and as the annex of article 28. */
export function registerRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/register',
    { schema: { params: ShopParams, response: { 200: Register } } },
    async (request, reply) => (await findRegister(desk.pool, shopOf(request), desk.now())) ?? sendNotFound(reply),
  );

  for (const what of ['register', 'annex'] as const) {
    app.get(
      `/api/shops/:shopId/register/${what}.html`,
      { schema: { params: ShopParams, querystring } },
      async (request, reply) => {
        const register = await findRegister(desk.pool, shopOf(request), desk.now());
        if (register === null) return sendNotFound(reply);
        const page = renderRegister(speak(request.query.language ?? 'fr'), register, what);
        return reply.headers(pageHeaders).send(page);
      },
    );
  }
}
