/** A body of `/collect` or `/ingest` taken apart: one piece of raw bytes for each event, whole by itself. */
import type { Reason } from '#domain/reasons.ts';
import { isObject, type Json, type JsonObject, parseJson } from '../json.ts';

export interface CollectBody {
  readonly token: string | null;
  /** False where the sender wants no cookie at all. */
  readonly cookie: boolean;
  /** How the page knows of the visitor's consent; null: it does not say. */
  readonly consent: 'banner' | 'page' | null;
  readonly events: readonly CollectPiece[];
}

export interface CollectPiece {
  readonly id: string | null;
  readonly type: string | null;
  /** What the journal keeps and apply reads again: the event with what the body said for all of them. */
  readonly raw: string;
  readonly said: CollectItem;
}

export interface CollectItem {
  readonly sentAt: number | null;
  readonly token: string | null;
  readonly event: Json;
}

/** `limit`: most events of one body. A single event needs no list around it. */
export function splitBody(raw: Uint8Array, limit: number): CollectBody | { readonly fault: Reason } {
  const json = parseJson(raw);
  if ('fault' in json) return json;
  const body = json.value;
  if (!isObject(body)) return { fault: 'wire.missing_field' };
  const list = Array.isArray(body.events) ? body.events : isObject(body.event) ? [body.event] : null;
  if (list === null || list.length === 0) return { fault: 'wire.missing_field' };
  if (list.length > limit) return { fault: 'wire.too_many_fields' };
  const sentAt = typeof body.sentAt === 'number' && Number.isFinite(body.sentAt) ? body.sentAt : null;
  const token = typeof body.token === 'string' && body.token.length <= 300 ? body.token : null;
  const head = `{"sentAt":${sentAt},"token":${JSON.stringify(token)},"event":`;
  return {
    token,
    cookie: body.cookie !== false,
    consent: body.consent === 'banner' || body.consent === 'page' ? body.consent : null,
    events: list.map((event) => toPiece(event, { sentAt, token, event }, head)),
  };
}

/** The event of stored raw bytes; null when they are no piece of a body. */
export function readPiece(json: Json): CollectItem | null {
  if (!isObject(json) || json.event === undefined) return null;
  return {
    sentAt: typeof json.sentAt === 'number' ? json.sentAt : null,
    token: typeof json.token === 'string' ? json.token : null,
    event: json.event,
  };
}

function toPiece(event: Json, said: CollectItem, head: string): CollectPiece {
  const known: JsonObject = isObject(event) ? event : {};
  return {
    id: typeof known.id === 'string' ? known.id : null,
    type: typeof known.type === 'string' ? known.type : null,
    raw: `${head}${JSON.stringify(event)}}`,
    said,
  };
}
