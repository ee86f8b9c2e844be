import { Type } from '@sinclair/typebox';
import { speak } from '#contract/messages/speak.ts';
import { ErasureAnswer, ErasureBody, ErasurePreview } from '#contract/rights.ts';
import { profileId } from '#domain/ids.ts';
import { findErasurePreview } from '#views/erasure-preview.ts';
import { findPersonArchive } from '#views/person-archive.ts';
import { stateErasure } from '../erasure.ts';
import { packArchive } from '../pages/archive.ts';
import { type Desk, type DeskApp, ProfileParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';

const place = '/api/shops/:shopId/profiles/:profileId';
const language = Type.Optional(Type.Union([Type.Literal('fr'), Type.Literal('en')]));

/** What a person may ask of the shop, carried out from their profile: everything kept about them, and its end. */
export function rightsRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    `${place}/archive`,
    { schema: { params: ProfileParams, querystring: Type.Object({ language }, { additionalProperties: false }) } },
    async (request, reply) => {
      const shop = shopOf(request);
      const id = request.params.profileId;
      const archive = await findPersonArchive(desk.pool, desk.keys, shop, [profileId(id)], desk.now());
      if (archive === null) return sendNotFound(reply);
      await noteAct(desk, request, 'profile.archive', { profileId: id });
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="profile-${id}.zip"`)
        .send(packArchive(speak(request.query.language ?? 'fr'), archive));
    },
  );

  app.get(
    `${place}/erasure`,
    { schema: { params: ProfileParams, response: { 200: ErasurePreview } } },
    async (request, reply) =>
      (await findErasurePreview(desk.pool, shopOf(request), request.params.profileId)) ?? sendNotFound(reply),
  );

  app.post(
    `${place}/erase`,
    { schema: { params: ProfileParams, body: ErasureBody, response: { 200: ErasureAnswer, 202: ErasureAnswer } } },
    async (request, reply) => {
      const shop = shopOf(request);
      const user = userOf(request);
      const id = request.params.profileId;
      if ((await findErasurePreview(desk.pool, shop, id)) === null) return sendNotFound(reply);
      const who = { shopId: shop, source: { kind: 'staff', userId: user.id } } as const;
      const state = await stateErasure(desk, who, id);
      if (state === 'unknown') return sendNotFound(reply);
      await noteAct(desk, request, 'profile.erase', { profileId: id, detail: { reason: request.body.reason } });
      return reply.code(state === 'pending' ? 202 : 200).send({ state });
    },
  );
}
