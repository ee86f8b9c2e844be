/** What a batch leaves for the screens: whom each item names, what was seen to work, counts of the hour, states mapped to nothing. */
import type { ClientBase } from 'pg';
import { emailNormal } from '#domain/email.ts';
import type { Fact, StatedPerson } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { sightingsOf } from '#domain/sighting.ts';
import { isLive, sourceKeyOf } from '#domain/source.ts';
import { phoneTail } from '#store/person-keys.ts';
import { hashSubject, type Keys, type Subject } from '#store/secret.ts';
import { readToken } from '#store/token.ts';
import type { Came, DecidedItem } from './items.ts';
import { forgets } from './journal.ts';
import type { Placed } from './parked.ts';
import { type Column, insertStatement, type Row, send } from './set-write.ts';

const shop: Column = { name: 'shop_id', type: 'int4' };
const hourMs = 3_600_000;

const subjectColumns: readonly Column[] = [
  shop,
  { name: 'subject', type: 'int8' },
  { name: 'received_at', type: 'timestamptz' },
  { name: 'seq', type: 'int8' },
];
const newSubjects = insertStatement('journal_subject', subjectColumns);
const subjects = insertStatement('journal_subject', subjectColumns, 'do nothing');
/** A sighting a few seconds old is new enough: a busy shop's rows are not written with every batch. */
const sightings = insertStatement(
  'sighting',
  [
    shop,
    { name: 'what', type: 'text' },
    { name: 'last_at', type: 'timestamptz' },
    { name: 'test_at', type: 'timestamptz' },
  ],
  `(shop_id, what) do update set last_at = greatest(sighting.last_at, excluded.last_at), test_at = greatest(sighting.test_at, excluded.test_at)
    where excluded.last_at > coalesce(sighting.last_at, '-infinity') + interval '5 seconds'
      or excluded.test_at > coalesce(sighting.test_at, '-infinity')`,
);
const hours = insertStatement(
  'arrival_hour',
  [
    shop,
    { name: 'hour', type: 'timestamptz' },
    { name: 'outcome', type: 'text' },
    { name: 'reason', type: 'text' },
    { name: 'n', type: 'int8' },
    { name: 'last_at', type: 'timestamptz' },
  ],
  `(shop_id, hour, outcome, reason) do update set n = arrival_hour.n + excluded.n, last_at = greatest(arrival_hour.last_at, excluded.last_at)`,
);
const unmapped = insertStatement(
  'unmapped_state',
  [
    shop,
    { name: 'source', type: 'text' },
    { name: 'code', type: 'text' },
    { name: 'n', type: 'int8' },
    { name: 'last_at', type: 'timestamptz' },
  ],
  '(shop_id, source, code) do update set n = unmapped_state.n + excluded.n, last_at = greatest(unmapped_state.last_at, excluded.last_at)',
);

export function writeTraces(
  client: ClientBase,
  items: readonly DecidedItem[],
  keys: Keys,
  came: Came,
): Promise<unknown>[] {
  const counted = new Sums();
  const seen = new Map<string, Row>();
  const codes = new Sums();
  for (const decided of items) {
    const { envelope } = decided.item;
    if (!envelope.test && isLive(envelope.source)) countHour(counted, decided);
    see(seen, decided);
    if (came !== 'again' && !envelope.test) countUnmapped(codes, decided);
  }
  return [
    ...send(client, came === 'new' ? newSubjects : subjects, subjectRows(items, keys)),
    ...send(client, sightings, [...seen.values()]),
    ...send(client, hours, counted.rows()),
    ...send(client, unmapped, codes.rows()),
  ];
}

/** Takes items that will be decided again out of the counts they stand in. */
export async function uncount(client: ClientBase, items: readonly Placed[]): Promise<void> {
  const { rows } = await client.query<{ shop_id: ShopId; at: number; outcome: string; reasons: string[] }>({
    name: 'outcomes before',
    text: `select j.shop_id, (extract(epoch from j.received_at) * 1000)::float8 as at, j.outcome, j.reasons
      from unnest($1::int4[], $2::float8[], $3::int8[]) k(shop_id, at, seq)
      join journal j on j.shop_id = k.shop_id and j.received_at = to_timestamp(k.at / 1000) and j.seq = k.seq
      where not j.test and j.outcome <> 'failed'`,
    values: [
      items.map(({ envelope }) => envelope.shopId),
      items.map(({ envelope }) => envelope.arrivedAt),
      items.map(({ seq }) => seq.toString()),
    ],
  });
  const counted = new Sums();
  for (const { shop_id, at, outcome, reasons } of rows) addHour(counted, shop_id, at, outcome, reasons, -1);
  await Promise.all(send(client, hours, counted.rows()));
}

function countHour(counted: Sums, { item, outcome }: DecidedItem): void {
  const { shopId, arrivedAt } = item.envelope;
  const { decoded } = item;
  const word = outcome?.word ?? (decoded.word === 'read' ? 'ignored' : decoded.word);
  const reasons =
    decoded.word === 'read'
      ? new Set([...(outcome?.reasons ?? []), ...decoded.notes.map(({ reason }) => reason)])
      : [decoded.reason];
  addHour(counted, shopId, arrivedAt, word, reasons, 1);
}

function addHour(counted: Sums, shopId: ShopId, at: number, word: string, reasons: Iterable<string>, n: 1 | -1): void {
  const hour = Math.floor(at / hourMs) * hourMs;
  for (const reason of ['', ...reasons]) counted.add([shopId, hour, word, reason], n, at);
}

function see(seen: Map<string, Row>, { item, outcome }: DecidedItem): void {
  if (outcome === null || item.decoded.word !== 'read') return;
  const { shopId, arrivedAt, source, test } = item.envelope;
  for (const what of sightingsOf(source, item.decoded.facts, outcome)) {
    const key = `${shopId} ${what}`;
    const [, , lastAt = null, testAt = null] = seen.get(key) ?? [];
    const row: Row = test
      ? [shopId, what, lastAt, later(testAt, arrivedAt)]
      : [shopId, what, later(lastAt, arrivedAt), testAt];
    seen.set(key, row);
  }
}

function later(before: Row[number], at: number): number {
  return typeof before === 'number' ? Math.max(before, at) : at;
}

function countUnmapped(codes: Sums, { item, outcome }: DecidedItem): void {
  if (item.decoded.word !== 'read' || !outcome?.reasons.includes('order.state_unmapped')) return;
  for (const fact of item.decoded.facts) {
    if (fact.type !== 'order') continue;
    const state = fact.order?.state ?? null;
    if (state === null || !('code' in state)) continue;
    const { shopId, arrivedAt, source } = item.envelope;
    codes.add([shopId, sourceKeyOf(source), state.code.slice(0, 100)], 1, arrivedAt);
  }
}

/** In the order of the key, so that a page of the index is written once. */
function subjectRows(items: readonly DecidedItem[], keys: Keys): Row[] {
  const known = new Map<string, bigint>();
  const rows: Row[] = [];
  for (const { item, outcome } of items) {
    if (item.decoded.word !== 'read' || forgets({ outcome })) continue;
    const { shopId, arrivedAt } = item.envelope;
    const visitor = (value: string) => readToken(keys, shopId, value)?.id ?? null;
    for (const subject of new Set(item.decoded.facts.flatMap((fact) => subjectsOf(fact, visitor)))) {
      const key = `${shopId} ${subject}`;
      const hash = known.get(key) ?? hashSubject(keys, shopId, subject);
      known.set(key, hash);
      rows.push([shopId, hash, arrivedAt, item.seq]);
    }
  }
  return rows;
}

/**
 * Everything a fact names somebody, or an order, by. `visitor`: whose token a value is, asked where nothing else tells; left out, a
 * token counts as said.
 */
export function subjectsOf(fact: Fact, visitor: (token: string) => string | null = () => null): Subject[] {
  const found: Subject[] = [];
  // as decoded, or as the journal keeps it: without what is not stated
  const person: Partial<StatedPerson & { readonly phone: string | null }> =
    'person' in fact ? fact.person : 'subject' in fact && !('profileId' in fact.subject) ? fact.subject : {};
  const email = person.email ?? null;
  const normal = email === null ? null : emailNormal(email);
  if (normal !== null) found.push(`email:${normal}`);
  if (person.externalId) found.push(`external:${person.externalId}`);
  const token = fact.type === 'visit' ? fact.token : person.token;
  if (token) {
    found.push(`token:${token}`);
    const id = found.length === 1 ? visitor(token) : null;
    if (id !== null) found.push(`token:${id}`);
  }
  if (person.phone && found.length === 0) found.push(`phone:${phoneTail(person.phone)}`);
  if ('profileId' in fact && fact.type !== 'expiry' && fact.type !== 'erase') found.push(`profile:${fact.profileId}`);
  if ('subject' in fact && 'profileId' in fact.subject) found.push(`profile:${fact.subject.profileId}`);
  if (fact.type === 'order' && fact.order) {
    found.push(`order:${fact.order.key}`);
    if (fact.order.number) found.push(`order:${fact.order.number}`);
  }
  return found;
}

/** Rows of a key with what is added up, and the newest arrival. */
class Sums {
  readonly #sums = new Map<string, { key: Row; n: number; at: number }>();

  add(key: Row, n: number, at: number): void {
    const place = key.join('\0');
    const known = this.#sums.get(place);
    if (known === undefined) this.#sums.set(place, { key, n, at });
    else {
      known.n += n;
      known.at = Math.max(known.at, at);
    }
  }

  rows(): Row[] {
    return [...this.#sums.values()].map(({ key, n, at }) => [...key, n, at]);
  }
}
