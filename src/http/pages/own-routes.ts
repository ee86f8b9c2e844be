/** What a code opens. The session travels in the page's forms and nowhere else: no cookie, no address that could be passed on. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { profileId } from '#domain/ids.ts';
import { askConfirmation, confirmationsJobName } from '#store/confirmation.ts';
import { wakeJob } from '#store/outbox.ts';
import { codeMinutes, findSession, openAccess, type PersonSession, sessionMinutes } from '#store/person-access.ts';
import { findPersonArchive } from '#views/person-archive.ts';
import { findHolders, findOwnPage, findShopName, type OwnBasis, type OwnPage } from '#views/person-page.ts';
import { stateErasure } from '../erasure.ts';
import type { HourLimit } from '../hour-limit.ts';
import { packArchive } from './archive.ts';
import { readForm } from './form.ts';
import { pageHeaders } from './html.ts';
import { renderOwn } from './own-page.ts';
import {
  formLimit,
  framed,
  messageOf,
  type PersonDoors,
  type PersonParts,
  pageOf,
  send,
  statusOf,
  tooMany,
} from './person-answer.ts';
import { type Frame, type Message, renderCode, renderNotice, textOf } from './person-page.ts';
import { consentOf, objectionOf, type Said, stateForPerson } from './person-statement.ts';

export function ownRoutes(app: FastifyInstance, doors: PersonDoors, parts: PersonParts, tries: HourLimit): void {
  const { keys, now } = doors;
  const { pool, db, settleMs } = parts;

  app.route({
    method: 'POST',
    url: '/my-data/session/open',
    bodyLimit: formLimit,
    handler: async (request, reply) => {
      if (!tries.take(request.ip, now()))
        return send(reply.header('retry-after', String(tries.retrySeconds(now()))), 429, tooMany(request));
      const form = readForm(request);
      const frame = framed(request, null, form);
      const access = form.get('access') ?? '';
      const code = (form.get('code') ?? '').replace(/\D/g, '');
      const session = await openAccess(pool, keys, access, code, now());
      if (session !== null) return show(reply, frame, session, null);
      const message = { text: frame.voice.say('person.code.wrong'), wrong: true };
      const shop = (await findShopName(pool, Number(access.split('.')[0]) || 0)) ?? '';
      return send(
        reply,
        403,
        renderCode({ ...frame, message }, { shop, access, again: againOf(form), minutes: codeMinutes }),
      );
    },
  });

  app.route({
    method: 'POST',
    url: '/my-data/session/act',
    bodyLimit: formLimit,
    handler: async (request, reply) => {
      const form = readForm(request);
      const frame = framed(request, null, form);
      const session = await findSession(pool, keys, form.get('session') ?? '', now());
      if (session === null) return over(reply, frame);
      const pages = await pagesOf(session);
      const page = pages.find(({ profile }) => String(profile.id) === form.get('profile'));
      if (page === undefined) return over(reply, frame);
      if (form.get('what') === 'erase') return erase(reply, frame, session, page, form.get('sure') === 'yes');
      if (form.get('what') === 'download') return download(reply, frame, session, page);
      if (isStale(page, form))
        return show(reply, frame, session, { text: frame.voice.say('person.own.changed'), wrong: true }, 409);
      const [said, done] = await act(request, frame, session, page, form);
      return show(reply, frame, session, messageOf(frame.voice, said, done), statusOf(said));
    },
  });

  async function act(
    request: FastifyRequest,
    { voice }: Frame,
    session: PersonSession,
    page: OwnPage,
    form: URLSearchParams,
  ): Promise<[Said, string]> {
    const { say, word } = voice;
    const id = page.profile.id;
    const what = form.get('what');
    const one = page.bases.find(({ basis }) => String(basis.id) === form.get('basis'));
    if (what === 'object') {
      const reach = page.channels.find(({ channel }) => channel === form.get('channel'));
      if (reach === undefined) return nothing;
      const fact = objectionOf({ profileId: id }, reach.channel);
      return [
        await stateForPerson(doors, request, session.shopId, [fact], { pool, settleMs, own: true }),
        `${word('channel', reach.channel)} : ${say('person.own.objectDone')}`,
      ];
    }
    if (one === undefined) return nothing;
    if (what === 'resend') return [await resend(session, id, one), say('person.own.resent')];
    if (what !== 'accepted' && what !== 'refused') return nothing;
    const text = textOf(one.basis, voice.language);
    const evidence = {
      form: 'person-page',
      page: pageOf(request, '/my-data'),
      ...(text === null ? {} : { wording: text.text, language: text.lang }),
    };
    const fact = consentOf(id, one.basis.id, what, 'code', evidence);
    return [
      await stateForPerson(doors, request, session.shopId, [fact], { pool, settleMs, own: true }),
      say(what === 'accepted' ? 'person.own.accepted' : 'person.own.refused', { basis: one.basis.name }),
    ];
  }

  /** Everything kept about the record, as staff would hand it over. */
  async function download(
    reply: FastifyReply,
    frame: Frame,
    { shopId }: PersonSession,
    { profile }: OwnPage,
  ): Promise<FastifyReply> {
    const archive = await findPersonArchive(pool, keys, shopId, [profileId(profile.id)], now());
    if (archive === null) return over(reply, frame);
    return reply
      .headers({ ...pageHeaders, 'content-type': 'application/zip' })
      .header('content-disposition', 'attachment; filename="data.zip"')
      .send(packArchive(frame.voice, archive));
  }

  /** Every record with this address goes (rules §2.5); the page closes with it. */
  async function erase(
    reply: FastifyReply,
    frame: Frame,
    session: PersonSession,
    page: OwnPage,
    sure: boolean,
  ): Promise<FastifyReply> {
    const { say } = frame.voice;
    if (!sure) return show(reply, frame, session, { text: say('person.own.eraseUnsure'), wrong: true }, 400);
    const shop = (await findShopName(pool, session.shopId)) ?? '';
    const { engine, settler } = doors;
    const who = { shopId: session.shopId, source: { kind: 'person' } } as const;
    const answer = await stateErasure({ engine, settler, settleMs, now }, who, page.profile.id);
    if (answer === 'unknown') return over(reply, frame);
    const [title, text] =
      answer === 'erased'
        ? [say('person.own.erased'), say('person.own.erasedWhy', { shop })]
        : [say('person.own.eraseLater'), say('person.page.later')];
    return send(reply, answer === 'erased' ? 200 : 202, renderNotice(frame.voice, title, text));
  }

  async function resend({ shopId }: PersonSession, id: number, { basis, status }: OwnBasis): Promise<Said> {
    if (status !== 'to confirm') return nothing[0];
    await askConfirmation(pool, { shopId, profileId: id, basisId: basis.id }, now());
    await wakeJob(pool, confirmationsJobName);
    return { word: 'done' };
  }

  async function show(
    reply: FastifyReply,
    frame: Frame,
    session: PersonSession,
    message: Message | null,
    status = 200,
  ): Promise<FastifyReply> {
    const [pages, shop] = await Promise.all([pagesOf(session), findShopName(pool, session.shopId)]);
    if (pages.length === 0 || shop === null) return over(reply, frame);
    return send(reply, status, renderOwn({ ...frame, message }, { shop, secret: session.secret }, pages));
  }

  async function pagesOf({ shopId, emailNorm }: PersonSession): Promise<OwnPage[]> {
    const holders = await findHolders(pool, shopId, emailNorm);
    const pages = await Promise.all(holders.map(({ id }) => findOwnPage(db, pool, keys, shopId, id, now())));
    return pages.filter((page) => page !== null);
  }
}

/** A page that stood open while the merchant wrote another text shows what would not be what is accepted. */
function isStale({ bases }: OwnPage, form: URLSearchParams): boolean {
  const one = bases.find(({ basis }) => String(basis.id) === form.get('basis'));
  return form.get('what') === 'accepted' && one !== undefined && form.get('version') !== String(one.basis.textVersion);
}

/** A form that says what this page did not offer. */
const nothing: [Said, string] = [{ word: 'refused', reasons: ['basis.move_not_allowed'] }, ''];

function over(reply: FastifyReply, { voice }: Frame): FastifyReply {
  const text = voice.say('person.own.overWhy', { minutes: sessionMinutes });
  return send(reply, 403, renderNotice(voice, voice.say('person.own.over'), text));
}

/** Only to our own pages. */
function againOf(form: URLSearchParams): string {
  const again = form.get('again') ?? '';
  return /^\/my-data\/[\w%./-]{1,400}$/.test(again) ? again : '/my-data';
}
