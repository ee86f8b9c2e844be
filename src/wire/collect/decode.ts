/** Our own events, from pages (`/collect`) and servers (`/ingest`): docs/wire/collect.md. */
import type { StatedItem, StatedOrder, StatedTime } from '#domain/facts.ts';
import { eachOrderText, isDayText } from '#domain/order-text.ts';
import type { Decoded, Note } from '../decoded.ts';
import { isObject, parseJson } from '../json.ts';
import { isNamed } from '../spread-fields.ts';
import { type CollectItem, readPiece } from './body.ts';
import {
  maxText,
  plain,
  type Reading,
  readConsents,
  readCustomer,
  readDay,
  readFlag,
  readItems,
  readMoney,
  readOptIns,
  readOwnTime,
  readState,
  readTags,
  readText,
  readTime,
} from './fields.ts';

type From = 'collect' | 'ingest';

/** Stored raw bytes: `{"sentAt", "token", "event"}`, as `splitBody` makes them. */
export function decodeCollect(from: From, raw: Uint8Array): Decoded {
  const json = parseJson(raw);
  if ('fault' in json) return { word: 'unreadable', reason: json.fault, field: null };
  const item = readPiece(json.value);
  return item === null ? rejected('events') : decodeEvent(from, item);
}

/** The same, of an event already taken from its body. */
export function decodeEvent(from: From, { sentAt, token, event }: CollectItem): Decoded {
  if (!isObject(event)) return rejected('event');
  if (!isEventId(event.id)) return rejected('id');
  const notes: Note[] = [];
  const data = isObject(event.data) ? event.data : {};
  const reading: Reading = { data, notes, byServer: from === 'ingest', sentAt };
  const ownTime = readOwnTime(reading, event.at, 'at');
  const person = readCustomer(reading, token ?? plain(data.token));
  const said = {
    store: readText(reading, event.store, 'store'),
    ownTime,
    person,
    consents: readConsents(reading),
  };
  switch (event.type) {
    case 'order': {
      const key = plain(data.key);
      if (key === null) return rejected('data.key');
      if (key.length > maxText) return { word: 'rejected', reason: 'field.too_long', field: 'data.key' };
      const order = readOrder(reading, key);
      const creating = data.update !== true;
      const optIns = readOptIns(reading, true);
      return read(notes, { type: 'order', ...said, creating, createdAt: null, order, optIns });
    }
    case 'signup':
    case 'identify':
    case 'consent': {
      if (!isNamed(person)) return nobody();
      const creating = event.type === 'signup';
      return read(notes, { type: 'account', ...said, creating, createdAt: null, optIns: readOptIns(reading, true) });
    }
    case 'newsletter': {
      if (!isNamed(person)) return nobody();
      const value = data.optin === undefined ? 1 : readFlag(reading, data.optin, 'optin');
      const optIns = readOptIns(reading, false);
      return value === null
        ? read(notes, { type: 'account', ...said, creating: false, createdAt: null, optIns })
        : read(notes, { type: 'newsletter', ...said, value, optIns });
    }
    case 'cart': {
      const items = readItems(reading);
      const key = readText(reading, data.key, 'key');
      const emptied = data.emptied === true || items?.length === 0;
      const cart = { key, total: readMoney(reading, data.total, 'total'), count: countOf(items), items, data: {} };
      const { consents: _, ...about } = said;
      return read(notes, { type: 'cart', ...about, state: emptied ? 'emptied' : 'filled', cart });
    }
    default:
      return { word: 'rejected', reason: 'wire.unknown_action', field: 'type' };
  }
}

/** What may be a key of exactly-once. */
export function isEventId(id: unknown): id is string {
  return typeof id === 'string' && /^[A-Za-z0-9_.:-]{1,64}$/.test(id);
}

function readOrder(reading: Reading, key: string): StatedOrder {
  const { data } = reading;
  const text = (name: string): string | null => readText(reading, data[name], name);
  const placedAt: StatedTime | null = readTime(reading, data.placedAt, 'placedAt');
  return {
    key,
    number: text('number'),
    placedAt,
    total: readMoney(reading, data.total, 'total'),
    state: readState(data.state),
    refunds: [],
    refundTotal: readMoney(reading, data.refunded, 'refunded'),
    ...eachOrderText((name) => (isDayText(name) ? readDay(reading, data[name], name) : text(name))),
    addTags: readTags(reading, data.tags, 'tags'),
    delTags: readTags(reading, data.removeTags, 'removeTags'),
    attributes: null,
    items: readItems(reading),
    cartKey: text('cartKey'),
  };
}

function countOf(items: readonly StatedItem[] | null): number | null {
  return items === null ? null : items.reduce((sum, { quantity }) => sum + quantity, 0);
}

type Read = Extract<Decoded, { word: 'read' }>;

function read(notes: readonly Note[], fact: Read['facts'][number]): Decoded {
  return { word: 'read', notes, facts: [fact] };
}

function rejected(field: string): Decoded {
  return { word: 'rejected', reason: 'wire.missing_field', field };
}

function nobody(): Decoded {
  return { word: 'rejected', reason: 'wire.no_identity', field: 'data.customer' };
}
