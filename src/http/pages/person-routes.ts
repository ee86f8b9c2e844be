/** The doors of the person's pages: no account, no cookie, no script; what a link may do, and what only a code opens (rules §7). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { emailNormal } from '#domain/email.ts';
import type { ShopId } from '#domain/ids.ts';
import { answerConfirmation, readConfirmation } from '#store/confirmation.ts';
import { askAccess, codeMinutes } from '#store/person-access.ts';
import { readPersonLink, writePersonLink } from '#store/person-link.ts';
import { hashAddress } from '#store/secret.ts';
import { findMailedLink, type MailedLink } from '#views/confirmation.ts';
import { findReached, findShopName, type Reached } from '#views/person-page.ts';
import { HourLimit } from '../hour-limit.ts';
import { readForm } from './form.ts';
import { ownRoutes } from './own-routes.ts';
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
import {
  type Frame,
  renderAsk,
  renderCode,
  renderConfirm,
  renderConfirmed,
  renderNotice,
  renderStop,
  textOf,
  voiceOf,
} from './person-page.ts';
import { consentOf, objectionOf, stateForPerson } from './person-statement.ts';

/** Of one address of the network in an hour: codes asked for, and codes tried. */
const asksPerHour = 20;
const triesPerHour = 60;

/** Mounted in a scope whose bodies are read as bytes. */
export function personRoutes(app: FastifyInstance, doors: PersonDoors, parts: PersonParts): void {
  const asks = new HourLimit(asksPerHour);
  const { keys, now } = doors;
  const { pool, settleMs } = parts;

  app.addHook('onRequest', async (request, reply) => {
    if (doors.addresses.take(request.ip, now())) return;
    return send(reply.header('retry-after', '10'), 429, tooMany(request));
  });

  app.route({
    method: 'GET',
    url: '/my-data/confirm/:token',
    handler: async (request, reply) => {
      const link = await findConfirm(request);
      if (link === null) return gone(request, reply, null);
      return send(reply, 200, renderConfirm(framed(request, link.lang), link));
    },
  });

  app.route({
    method: 'POST',
    url: '/my-data/confirm/:token',
    bodyLimit: formLimit,
    handler: async (request, reply) => {
      const form = readForm(request);
      const link = await findConfirm(request);
      if (link === null) return gone(request, reply, form.get('lang'));
      const answer = form.get('answer');
      if (answer !== 'yes' && answer !== 'no') {
        return send(reply, 400, renderConfirm(framed(request, link.lang, form), link));
      }
      return answerLink(request, reply, link, form, answer === 'yes');
    },
  });

  async function answerLink(
    request: FastifyRequest,
    reply: FastifyReply,
    link: MailedLink,
    form: URLSearchParams,
    yes: boolean,
  ): Promise<FastifyReply> {
    const { basis, shopId, profileId } = link;
    const { voice } = framed(request, link.lang, form);
    const { say } = voice;
    if (yes && form.get('version') !== String(basis.textVersion)) {
      const changed = { text: say('person.confirm.changed'), wrong: true };
      return send(reply, 409, renderConfirm({ voice, other: null, message: changed }, link));
    }
    const text = textOf(basis, voice.language);
    const evidence = {
      form: 'double-opt-in',
      page: pageOf(request, '/my-data/confirm'),
      ...(text === null ? {} : { wording: text.text, language: text.lang }),
    };
    const status = yes ? 'accepted' : 'refused';
    const fact = consentOf(profileId, basis.id, status, 'double-opt-in-link', evidence);
    const said = await stateForPerson(doors, request, shopId, [fact], { pool, settleMs, own: true });
    const settled = readConfirmation(tokenOf(request));
    if (said.word !== 'refused' && settled !== null) await answerConfirmation(pool, shopId, settled.hash, now());
    const done = say(yes ? 'person.confirm.done' : 'person.confirm.denied', { basis: basis.name });
    const stop = `/my-data/stop/${writePersonLink(keys, shopId, profileId, link.emailNorm)}`;
    const frame: Frame = { voice, other: null, message: messageOf(voice, said, done) };
    return send(reply, statusOf(said), renderConfirmed(frame, say('person.page.title', { shop: link.shop }), stop));
  }

  /** The link while it can be answered: mailed to the present address, not over, not answered, and something waits for it. */
  async function findConfirm(request: FastifyRequest): Promise<MailedLink | null> {
    const read = readConfirmation(tokenOf(request));
    const link = read === null ? null : await findMailedLink(pool, read.shopId, read.hash);
    if (link === null) return null;
    const sameAddress = hashAddress(keys, link.shopId, `email:${link.emailNorm}`).equals(link.addressHash);
    const open = sameAddress && link.answeredAt === null && link.endsAt > now();
    return open && link.status === 'to confirm' ? link : null;
  }

  app.route({
    method: 'GET',
    url: '/my-data/stop/:token',
    handler: async (request, reply) => {
      const reached = await findStop(request);
      if (reached === null) return gone(request, reply, null);
      return send(reply, 200, renderStop(framed(request, reached.lang), reached));
    },
  });

  app.route({
    method: 'POST',
    url: '/my-data/stop/:token',
    bodyLimit: formLimit,
    handler: async (request, reply) => {
      const form = readForm(request);
      const reached = await findStop(request);
      if (reached === null) return gone(request, reply, form.get('lang'));
      // RFC 8058: a mail program asks for its reader, without a page, a cookie or a language
      if (form.get('List-Unsubscribe') === 'One-Click') return stop(request, reply, reached, form, false);
      switch (form.get('what')) {
        case 'stop':
          return stop(request, reply, reached, form, true);
        case 'refuse':
          return refuse(request, reply, reached, form);
        case 'code':
          return reached.present ? sendCode(request, reply, reached, form) : gone(request, reply, form.get('lang'));
        default:
          return send(reply, 400, renderStop(framed(request, reached.lang, form), reached));
      }
    },
  });

  async function stop(
    request: FastifyRequest,
    reply: FastifyReply,
    reached: Reached,
    form: URLSearchParams,
    own: boolean,
  ): Promise<FastifyReply> {
    const { shopId, profileId, emailNorm, present } = reached;
    const subject = present ? { profileId } : { email: emailNorm, externalId: null, phone: null };
    const said = await stateForPerson(doors, request, shopId, [objectionOf(subject, 'email')], { pool, settleMs, own });
    const frame = framed(request, reached.lang, form);
    const done = frame.voice.say('person.stop.oneDone', { shop: reached.shop });
    return send(reply, statusOf(said), renderStop({ ...frame, message: messageOf(frame.voice, said, done) }, reached));
  }

  async function refuse(
    request: FastifyRequest,
    reply: FastifyReply,
    reached: Reached,
    form: URLSearchParams,
  ): Promise<FastifyReply> {
    const { shopId, profileId, bases, present } = reached;
    const frame = framed(request, reached.lang, form);
    const ticked = new Set(form.getAll('basis'));
    const chosen = bases.filter(({ id, ground }) => ground !== 'contract' && ticked.has(String(id)));
    if (!present || chosen.length === 0) {
      const message = { text: frame.voice.say('person.stop.refuseNone'), wrong: true };
      return send(reply, 400, renderStop({ ...frame, message }, reached));
    }
    const evidence = { form: 'mailed-link', page: pageOf(request, '/my-data/stop'), language: frame.voice.language };
    const facts = chosen.map(({ id }) => consentOf(profileId, id, 'refused', null, evidence));
    const said = await stateForPerson(doors, request, shopId, facts, { pool, settleMs, own: true });
    const message = messageOf(frame.voice, said, frame.voice.say('person.stop.refuseDone'));
    return send(reply, statusOf(said), renderStop({ ...frame, message }, reached));
  }

  async function sendCode(
    request: FastifyRequest,
    reply: FastifyReply,
    reached: Reached,
    form: URLSearchParams,
  ): Promise<FastifyReply> {
    if (!asks.take(request.ip, now())) return tooManyAsks(request, reply);
    const { voice } = framed(request, reached.lang, form);
    const { shopId: shop, emailNorm } = reached;
    const access = await askAccess(pool, keys, { shop, emailNorm, lang: voice.language }, now());
    const again = `/my-data/stop/${tokenOf(request)}`;
    const code = { shop: reached.shop, access, again, minutes: codeMinutes };
    return send(reply, 200, renderCode({ voice, other: null, message: null }, code));
  }

  async function findStop(request: FastifyRequest): Promise<Reached | null> {
    const link = readPersonLink(keys, tokenOf(request));
    return link === null ? null : findReached(pool, keys, link);
  }

  app.route({
    method: 'GET',
    url: '/my-data/:site',
    handler: async (request, reply) => {
      const found = await findShop(request);
      if (found === null) return noShop(request, reply);
      return send(reply, 200, renderAsk(framed(request, request.headers['accept-language'] ?? null), found.shop));
    },
  });

  app.route({
    method: 'POST',
    url: '/my-data/:site',
    bodyLimit: formLimit,
    handler: async (request, reply) => {
      const form = readForm(request);
      const found = await findShop(request);
      if (found === null) return noShop(request, reply);
      if (!asks.take(request.ip, now())) return tooManyAsks(request, reply);
      const frame = framed(request, null, form);
      const emailNorm = emailNormal(form.get('email') ?? '');
      if (emailNorm === null) {
        const message = { text: frame.voice.say('person.ask.wrong'), wrong: true };
        return send(reply, 400, renderAsk({ ...frame, message }, found.shop));
      }
      const { shopId: shop } = found;
      const access = await askAccess(pool, keys, { shop, emailNorm, lang: frame.voice.language }, now());
      const again = `/my-data/${encodeURIComponent(siteOf(request))}`;
      const code = { shop: found.shop, access, again, minutes: codeMinutes };
      return send(reply, 200, renderCode({ ...frame, message: null }, code));
    },
  });

  async function findShop(request: FastifyRequest): Promise<{ shopId: ShopId; shop: string } | null> {
    const pair = await doors.ring.findAgain(siteOf(request));
    const shop = pair === null ? null : await findShopName(pool, pair.shopId);
    return pair === null || shop === null ? null : { shopId: pair.shopId, shop };
  }

  function tooManyAsks(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return send(reply.header('retry-after', String(asks.retrySeconds(now()))), 429, tooMany(request));
  }

  ownRoutes(app, doors, parts, new HourLimit(triesPerHour));
}

function gone(request: FastifyRequest, reply: FastifyReply, lang: string | null): FastifyReply {
  const voice = voiceOf(lang, request.headers['accept-language'] ?? null);
  return send(reply, 404, renderNotice(voice, voice.say('person.page.gone'), voice.say('person.page.goneWhy')));
}

function noShop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { voice } = framed(request, request.headers['accept-language'] ?? null);
  return send(reply, 404, renderNotice(voice, voice.say('person.page.noShop'), voice.say('person.page.noShopWhy')));
}

function tokenOf(request: FastifyRequest): string {
  return parameter(request, 'token');
}

function siteOf(request: FastifyRequest): string {
  return parameter(request, 'site');
}

function parameter({ params }: FastifyRequest, name: string): string {
  const value = typeof params === 'object' && params !== null ? Reflect.get(params, name) : '';
  return typeof value === 'string' ? value : '';
}
