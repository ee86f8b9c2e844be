import type { FastifyReply, FastifyRequest } from 'fastify';
import { emailNormal } from '#domain/email.ts';
import { readMoment, type V2Moment, type V2Page, type V2Place, type V2TimeFilter } from '#views/v2-filter.ts';
import { sendError } from './errors.ts';
import { findParameter, queryOf } from './query.ts';

export const defaultPage = 50;
const largestPage = 500;
const farthest = 10_000_000;
/** A year of four digits. */
const latestMs = Date.UTC(9999, 0);

/** A parameter that cannot be read. */
export interface BadParameter {
  readonly bad: string;
}

/** `startAt` (offset) and `maxResults` (up to 500, a larger one is cut), as SPREAD pages. */
export function readPage(request: FastifyRequest): V2Page | BadParameter {
  const startAt = readCount(request, 'startAt', 0);
  const maxResults = readCount(request, 'maxResults', defaultPage);
  if (startAt === null || startAt > farthest) return { bad: 'startAt' };
  if (maxResults === null || maxResults === 0) return { bad: 'maxResults' };
  const place = readText(request, 'after');
  const after = place === null ? null : readPlace(place);
  if (place !== null && after === null) return { bad: 'after' };
  return { startAt, maxResults: Math.min(maxResults, largestPage), after };
}

/** `createdAfter`, `createBefore` [sic, also `createdBefore`], `modifiedAfter`, `modifiedBefore` (legacy wire §3). */
export function readTimes(request: FastifyRequest): V2TimeFilter | BadParameter {
  const times: Record<string, V2Moment | null> = {};
  for (const name of ['createdAfter', 'createBefore', 'createdBefore', 'modifiedAfter', 'modifiedBefore']) {
    const text = readText(request, name);
    const moment = text === null ? null : readMoment(text);
    if (text !== null && moment === null) return { bad: name };
    times[name] = moment;
  }
  return {
    createdAfter: times.createdAfter ?? null,
    createdBefore: times.createBefore ?? times.createdBefore ?? null,
    modifiedAfter: times.modifiedAfter ?? null,
    modifiedBefore: times.modifiedBefore ?? null,
  };
}

/** null: absent, empty, or longer than anything we keep. */
export function readText(request: FastifyRequest, name: string): string | null {
  const value = findParameter(queryOf(request.raw.url ?? ''), name);
  return value === null || value === '' || value.length > 300 || value.includes('\0') ? null : value;
}

export function readEmail(request: FastifyRequest): string | null {
  const value = readText(request, 'email');
  return value === null ? null : emailNormal(value);
}

/** A number of ours in a path; null: no such thing can exist. */
export function readId(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}

export function sendBadParameter(reply: FastifyReply, bad: BadParameter): FastifyReply {
  return sendError(reply, 400, 'parameter.invalid', `The parameter ${bad.bad} cannot be read.`, bad.bad);
}

/** `<milliseconds>-<id>`, as `nextPageUrl` writes it. */
function readPlace(text: string): V2Place | null {
  const [, ms, id] = /^(\d{1,15})-(\d{1,15})$/.exec(text) ?? [];
  return ms === undefined || id === undefined || Number(ms) > latestMs
    ? null
    : { createdAt: new Date(Number(ms)), id: Number(id) };
}

/**
 * Address of the next page with the same filters; null on the last one. `startAt` is what callers of SPREAD count with; `after`
 * (**ours**) names the last row, so that what comes and goes in between moves nothing. `base`: scheme and host, without a slash
 * at the end.
 */
export function nextPageUrl(
  request: FastifyRequest,
  base: string,
  page: V2Page,
  count: number,
  last: V2Place | null,
): string | null {
  if (count < page.maxResults) return null;
  const [path = ''] = (request.raw.url ?? '').split('?', 1);
  const query = new URLSearchParams(queryOf(request.raw.url ?? ''));
  query.set('startAt', String(page.startAt + page.maxResults));
  if (last !== null) query.set('after', `${last.createdAt.getTime()}-${last.id}`);
  return `${base}${path}?${query}`;
}

function readCount(request: FastifyRequest, name: string, absent: number): number | null {
  const text = readText(request, name);
  if (text === null) return absent;
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}
