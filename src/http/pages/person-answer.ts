/** What every route of the person's pages shares: who answers, in which words, and how. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '#store/tables.ts';
import type { Doors } from '../doors.ts';
import { findParameter, queryOf } from '../query.ts';
import { pageHeaders } from './html.ts';
import { type Frame, type Message, renderNotice, voiceOf } from './person-page.ts';
import type { Said } from './person-statement.ts';

export interface PersonParts {
  readonly db: Kysely<Database>;
  readonly pool: Pool;
  readonly settleMs: number;
}

export type PersonDoors = Pick<Doors, 'keys' | 'ring' | 'engine' | 'settler' | 'addresses' | 'now'>;

/** Bytes of a form. */
export const formLimit = 16 * 1024;

/** The words of a page, and the way to its other language: of a GET its own address, of an answered form none. */
export function framed(request: FastifyRequest, otherwise: string | null, form?: URLSearchParams): Frame {
  const asked = form === undefined ? findParameter(queryOf(request.raw.url ?? ''), 'lang') : form.get('lang');
  const voice = voiceOf(asked, otherwise);
  const other = form === undefined ? `?lang=${voice.language === 'fr' ? 'en' : 'fr'}` : null;
  return { voice, other, message: null };
}

export function messageOf({ say, word }: Frame['voice'], said: Said, done: string): Message {
  if (said.word === 'done') return { text: done };
  if (said.word === 'later') return { text: say('person.page.later') };
  const why = said.reasons.map((reason) => word('reason', reason)).join(' ');
  return { text: say('person.page.refused', { why }), wrong: true };
}

/** 202: recorded, and not applied yet. */
export function statusOf(said: Said): number {
  if (said.word === 'done') return 200;
  return said.word === 'later' ? 202 : 409;
}

export function send(reply: FastifyReply, status: number, page: string): FastifyReply {
  return reply.code(status).headers(pageHeaders).send(page);
}

/** Our page without the secret in its address. */
export function pageOf(request: FastifyRequest, path: string): string {
  return `${request.protocol}://${request.host}${path}`;
}

export function tooMany(request: FastifyRequest): string {
  const { voice } = framed(request, request.headers['accept-language'] ?? null);
  return renderNotice(voice, voice.say('person.page.tooMany'), voice.say('person.page.tooManyWhy'));
}
