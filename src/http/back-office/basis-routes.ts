import { Type } from '@sinclair/typebox';
import { BasisBody, BasisList, BasisPage, BasisPeople, BasisStatus, ExpiryPreview } from '#contract/bases.ts';
import { SettledAnswer } from '#contract/profile.ts';
import { findBasis, listBases, listBasisPeople } from '#views/basis-list.ts';
import { countExpired } from '#views/expiring.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteFact } from './note.ts';
import { stateOwnFact } from './own-fact.ts';

const largestInt = 2_147_483_647;
export const BasisParams = Type.Object({
  ...ShopParams.properties,
  basisId: Type.Integer({ minimum: 1, maximum: largestInt }),
});
const answers = { 200: SettledAnswer, 202: SettledAnswer };

/** Definitions of bases: settings that rules read, so each change is a fact (rules §4, §5). */
export function basisRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/bases',
    { schema: { params: ShopParams, response: { 200: BasisList } } },
    async (request, reply) => {
      const list = await listBases(desk.db, shopOf(request));
      return list === null ? sendNotFound(reply) : { ...list, mailConfigured: desk.mail.configured };
    },
  );

  app.get(
    '/api/shops/:shopId/bases/:basisId',
    { schema: { params: BasisParams, response: { 200: BasisPage } } },
    async (request, reply) =>
      (await findBasis(desk.db, shopOf(request), request.params.basisId)) ?? sendNotFound(reply),
  );

  app.get(
    '/api/shops/:shopId/bases/:basisId/people',
    {
      schema: {
        params: BasisParams,
        querystring: Type.Object(
          {
            status: BasisStatus,
            after: Type.Optional(Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })),
            limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: BasisPeople },
      },
    },
    async (request) => {
      const { status, after = 0, limit = 100 } = request.query;
      return listBasisPeople(desk.db, shopOf(request), request.params.basisId, status, { after, limit });
    },
  );

  app.get(
    '/api/shops/:shopId/bases/:basisId/expiring',
    {
      schema: {
        params: BasisParams,
        querystring: Type.Object(
          { days: Type.Integer({ minimum: 1, maximum: 3650 }), orders: Type.Boolean({ default: false }) },
          { additionalProperties: false },
        ),
        response: { 200: ExpiryPreview },
      },
    },
    async (request) => {
      const { days, orders } = request.query;
      const basis = { shopId: shopOf(request), basisId: request.params.basisId, days, byOrders: orders };
      return { days, ...(await countExpired(desk.pool, basis, desk.now())) };
    },
  );

  app.post(
    '/api/shops/:shopId/bases',
    { schema: { params: ShopParams, body: BasisBody, response: answers } },
    async (request, reply) => {
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, change(null, request.body));
      await noteFact(desk, request, answer, 'basis.define', { detail: { name: request.body.name ?? null } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );

  app.post(
    '/api/shops/:shopId/bases/:basisId',
    { schema: { params: BasisParams, body: BasisBody, response: answers } },
    async (request, reply) => {
      const { basisId } = request.params;
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, change(basisId, request.body));
      await noteFact(desk, request, answer, 'basis.define', {
        detail: { basisId, changed: Object.keys(request.body) },
      });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );
}

function change(id: number | null, body: BasisBody) {
  return { type: 'settings', store: null, ownTime: null, change: { basis: { id, ...body } } } as const;
}
