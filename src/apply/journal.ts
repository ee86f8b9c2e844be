/** The evidence: one journal row for each item received, its raw bytes beside it, and what was kept aside. */
import type { ClientBase } from 'pg';
import type { Seq } from '#domain/ids.ts';
import type { Reason } from '#domain/reasons.ts';
import { sourceName } from '#domain/source.ts';
import type { Envelope } from '#intake/envelope.ts';
import { writeDeliveryKeys } from './delivery.ts';
import type { Came, DecidedItem } from './items.ts';
import { type Column, insertStatement, overwrite, type Row, send, textArray } from './set-write.ts';

const key = ['shop_id', 'received_at', 'seq'];
const keyColumns: readonly Column[] = [
  { name: 'shop_id', type: 'int4' },
  { name: 'received_at', type: 'timestamptz' },
  { name: 'seq', type: 'int8' },
];
const journalColumns: readonly Column[] = [
  ...keyColumns,
  { name: 'source', type: 'text' },
  { name: 'format', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'facts', type: 'json' },
  { name: 'outcome', type: 'text' },
  { name: 'reasons', type: 'text', cast: 'text[]' },
  { name: 'effects', type: 'json' },
  { name: 'profile_id', type: 'int8' },
  { name: 'order_id', type: 'int8' },
  { name: 'settings_version', type: 'int4' },
  { name: 'test', type: 'bool' },
];
const newJournal = insertStatement('journal', journalColumns);
/** An item decided again (held, parked, replayed) takes its row's place. */
const journal = insertStatement('journal', journalColumns, overwrite(journalColumns, key));
const rawColumns: readonly Column[] = [
  ...keyColumns,
  { name: 'headers', type: 'json' },
  { name: 'raw', type: 'bytea' },
];
const newRaw = insertStatement('journal_raw', rawColumns);
const raw = insertStatement('journal_raw', rawColumns, 'do nothing');
const unread = insertStatement('journal_unread', rawColumns, 'do nothing');
const held = insertStatement(
  'held_origin',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'host', type: 'text' },
    { name: 'seq', type: 'int8' },
    { name: 'received_at', type: 'timestamptz' },
  ],
  'do nothing',
);
const hosts = insertStatement(
  'page_host',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'host', type: 'text' },
    { name: 'first_seen', type: 'timestamptz' },
  ],
  'do nothing',
);

/** Why nothing of what was said is kept, only that something came: somebody erased (rules §7), a visit of nobody known. */
const forgotten: readonly Reason[] = ['person.erased', 'token.unknown'];

export function forgets({ outcome }: Pick<DecidedItem, 'outcome'>): boolean {
  return outcome !== null && forgotten.some((reason) => outcome.reasons.includes(reason));
}

/** Journal rows of decided items, with their bytes; of those that have a row, it alone changes. */
export function writeJournal(client: ClientBase, items: readonly DecidedItem[], came: Came): Promise<unknown>[] {
  const unreadable = (decided: DecidedItem) => decided.item.decoded.word === 'unreadable';
  const kept = items.filter((decided) => !forgets(decided));
  return [
    ...writeDeliveryKeys(client, kept),
    ...send(client, came === 'new' ? newJournal : journal, items.map(journalRow)),
    ...send(
      client,
      came === 'new' ? newRaw : raw,
      kept.filter((decided) => !unreadable(decided)).map(({ item }) => rawRow(item.seq, item.envelope)),
    ),
    ...send(
      client,
      unread,
      kept.filter(unreadable).map(({ item }) => rawRow(item.seq, item.envelope)),
    ),
    ...send(
      client,
      held,
      items.flatMap(({ item, outcome }): Row[] => {
        const host = outcome?.heldFor ?? null;
        return host === null ? [] : [[item.envelope.shopId, host, item.seq, item.envelope.arrivedAt]];
      }),
    ),
    ...send(client, hosts, hostRows(items)),
  ];
}

/** The journal row of an item that failed through our fault. */
export function writeFailure(client: ClientBase, seq: Seq, envelope: Envelope): Promise<unknown>[] {
  const reasons: Reason[] = ['fault.parked'];
  const row = [
    ...[envelope.shopId, envelope.arrivedAt, seq, sourceName(envelope.source), envelope.format, null, null, 'failed'],
    ...[textArray(reasons), null, null, null, null, envelope.test],
  ];
  return [...send(client, journal, [row]), ...send(client, raw, [rawRow(seq, envelope)])];
}

function journalRow(decided: DecidedItem): Row {
  const { item, outcome, repeated } = decided;
  const keepsNothing = forgets(decided);
  const { envelope, decoded } = item;
  const read = decoded.word === 'read';
  const word = repeated ? 'unchanged' : (outcome?.word ?? (read ? 'ignored' : decoded.word));
  const reasons: readonly Reason[] = repeated
    ? ['delivery.repeated']
    : read
      ? [...(outcome?.reasons ?? []), ...decoded.notes.map(({ reason }) => reason)]
      : [decoded.reason];
  return [
    envelope.shopId,
    envelope.arrivedAt,
    item.seq,
    sourceName(envelope.source),
    item.format,
    read ? (decoded.facts[0]?.type ?? null) : null,
    read && !keepsNothing ? decoded.facts.map(whatIsStated) : null,
    word,
    textArray(reasons.length > 1 ? [...new Set(reasons)] : reasons),
    keepsNothing ? null : (outcome?.effects ?? null),
    envelope.test ? null : (outcome?.effects.profile?.id ?? null),
    envelope.test ? null : (outcome?.effects.order?.id ?? null),
    outcome?.settingsVersion ?? null,
    envelope.test,
  ];
}

const asSaid = new Set(['fields', 'custom', 'data']);

/** Without what it does not state. A null among the fields stays: it erases; what a shop said of its own stays whole. */
function whatIsStated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(whatIsStated);
  return isRecord(value) ? statedOf(value) : value;
}

function statedOf(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const part = value[name];
    if (part === null || (Array.isArray(part) && part.length === 0)) continue;
    kept[name] = typeof part !== 'object' || asSaid.has(name) ? part : whatIsStated(part);
  }
  return kept;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function rawRow(seq: Seq, { shopId, arrivedAt, headers, ip, raw: bytes }: Envelope): Row {
  return [shopId, arrivedAt, seq, ip === null ? headers : { ...headers, ip }, bytes];
}

/** Each host once, in the order of the key, so that two batches never wait for each other. */
function hostRows(items: readonly DecidedItem[]): Row[] {
  const seen = new Map<string, Row>();
  for (const { item, outcome } of items) {
    const host = outcome?.seenHost ?? null;
    if (host === null || seen.has(`${item.envelope.shopId} ${host}`)) continue;
    seen.set(`${item.envelope.shopId} ${host}`, [item.envelope.shopId, host, item.envelope.arrivedAt]);
  }
  return [...seen].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}
