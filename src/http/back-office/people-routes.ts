import { Type } from '@sinclair/typebox';
import {
  AmendProfileBody,
  MergeBody,
  ProfileList,
  ProfilePage,
  ProfileQuery,
  SetBasisBody,
  SettledAnswer,
} from '#contract/profile.ts';
import { JournalPage, JournalQuery } from '#contract/verification.ts';
import type { Instant } from '#domain/facts.ts';
import { basisId } from '#domain/ids.ts';
import { findProfiles, listProfiles } from '#views/profile-list.ts';
import { findProfilePage } from '#views/profile-page.ts';
import { findTimeline } from '#views/profile-timeline.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { sendError } from '../errors.ts';
import {
  type Desk,
  type DeskApp,
  isDay,
  ProfileParams,
  ShopParams,
  sendNotFound,
  shopOf,
  strangeDay,
  userOf,
} from './desk.ts';
import { noteFact } from './note.ts';
import { stateOwnFact } from './own-fact.ts';

const { beforeAt, beforeSeq } = JournalQuery.properties;
const TimelineQuery = Type.Object({ beforeAt, beforeSeq }, { additionalProperties: false });

/** Wherever on earth: a day begins fourteen hours before it does in UTC. */
function isYetToCome(day: string, now: Instant): boolean {
  return day > new Date(now + 14 * 3_600_000).toISOString().slice(0, 10);
}

/** Profiles: what is known of them and what came about them, corrected, merged, and a basis set by staff (facts, rules §2, §4). */
export function peopleRoutes(app: DeskApp, desk: Desk): void {
  app.get(
    '/api/shops/:shopId/profiles',
    {
      schema: {
        params: ShopParams,
        querystring: ProfileQuery,
        response: { 200: ProfileList },
      },
    },
    async (request, reply) => {
      const shop = shopOf(request);
      const found = await findShopSettings(desk.db, shop);
      if (found === null) return sendNotFound(reply);
      const strange = strangeDay(request.query);
      if (strange !== null) return sendError(reply, 400, 'date.invalid', 'This day does not exist.', strange);
      const { search, ...asked } = request.query;
      const text = search?.trim() ?? '';
      const { zone, country } = found.settings;
      if (text !== '') return { zone, profiles: await findProfiles(desk.db, shop, text, country), next: null };
      return { zone, ...(await listProfiles(desk.db, shop, asked, zone)) };
    },
  );

  app.get(
    '/api/shops/:shopId/profiles/:profileId',
    { schema: { params: ProfileParams, response: { 200: ProfilePage } } },
    async (request, reply) =>
      (await findProfilePage(desk.db, shopOf(request), request.params.profileId, desk.now())) ?? sendNotFound(reply),
  );

  app.post(
    '/api/shops/:shopId/profiles/:profileId',
    {
      schema: { params: ProfileParams, body: AmendProfileBody, response: { 200: SettledAnswer, 202: SettledAnswer } },
    },
    async (request, reply) => {
      const { email, fields = {}, addTags = [], delTags = [], custom = {} } = request.body;
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, {
        type: 'profile',
        store: null,
        ownTime: null,
        profileId: request.params.profileId,
        person: { externalId: null, email: email ?? null, token: null, fields, addTags, delTags, custom },
      });
      // Names of fields, never what is in them.
      const changed = [
        ...(email === undefined ? [] : ['email']),
        ...Object.keys(fields),
        ...(addTags.length + delTags.length > 0 ? ['tags'] : []),
        ...Object.keys(custom).map((id) => `custom ${id}`),
      ];
      const { profileId } = request.params;
      await noteFact(desk, request, answer, 'profile.change', { profileId, detail: { changed } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );

  app.get(
    '/api/shops/:shopId/profiles/:profileId/timeline',
    { schema: { params: ProfileParams, querystring: TimelineQuery, response: { 200: JournalPage } } },
    async (request, reply) => {
      const { beforeAt, beforeSeq = '0' } = request.query;
      const before = beforeAt === undefined ? null : { at: beforeAt, seq: beforeSeq };
      const page = await findTimeline(desk.db, desk.keys, shopOf(request), request.params.profileId, before);
      return page ?? sendNotFound(reply);
    },
  );

  for (const [path, undo] of [
    ['merge', false],
    ['unmerge', true],
  ] as const) {
    app.post(
      `/api/shops/:shopId/profiles/:profileId/${path}`,
      { schema: { params: ProfileParams, body: MergeBody, response: { 200: SettledAnswer, 202: SettledAnswer } } },
      async (request, reply) => {
        const { profileId } = request.params;
        const { other } = request.body;
        const fact = { type: 'merge', store: null, ownTime: null, profileId, other, undo } as const;
        const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, fact);
        await noteFact(desk, request, answer, `profile.${path}`, { profileId, detail: { other } });
        return reply.code(answer.pending ? 202 : 200).send(answer);
      },
    );
  }

  app.post(
    '/api/shops/:shopId/profiles/:profileId/bases/:basisId',
    {
      schema: {
        params: Type.Object({
          ...ProfileParams.properties,
          basisId: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }),
        }),
        body: SetBasisBody,
        response: { 200: SettledAnswer, 202: SettledAnswer },
      },
    },
    async (request, reply) => {
      const { status, date, reason } = request.body;
      if (date !== null && !isDay(date))
        return sendError(reply, 400, 'date.invalid', 'This day does not exist.', 'date');
      if (date !== null && isYetToCome(date, desk.now()))
        return sendError(reply, 400, 'date.future', 'This day is yet to come: give the day the person spoke.', 'date');
      const answer = await stateOwnFact(desk, shopOf(request), userOf(request).id, {
        type: 'consent',
        store: null,
        ownTime: date === null ? null : { date },
        subject: { profileId: request.params.profileId },
        basis: { id: basisId(request.params.basisId) },
        status,
        writtenReason: reason?.trim() || null,
        reset: false,
        proof: null,
      });
      const { profileId, basisId: basis } = request.params;
      await noteFact(desk, request, answer, 'profile.basis', { profileId, detail: { basisId: basis, status } });
      return reply.code(answer.pending ? 202 : 200).send(answer);
    },
  );
}
