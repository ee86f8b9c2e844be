/** How the lines of an import ended: counted, and those listed that were refused or did less than they said. */
import type { ClientBase } from 'pg';
import { historyOfKey, lineOfKey } from '#intake/import-key.ts';
import { writeAppliedLines } from './applied-lines.ts';
import type { DecidedItem } from './items.ts';
import { insertStatement, type Row, send, textArray } from './set-write.ts';

/** What a line's counts are kept under. */
export type Result = 'created' | 'updated' | 'unchanged' | 'refused';

const counts = insertStatement(
  'import_count',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'import_id', type: 'text', cast: 'uuid' },
    { name: 'result', type: 'text' },
    { name: 'reason', type: 'text' },
    { name: 'n', type: 'int8' },
  ],
  '(shop_id, import_id, result, reason) do update set n = import_count.n + excluded.n',
);
const lines = insertStatement(
  'import_line',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'import_id', type: 'text', cast: 'uuid' },
    { name: 'line', type: 'int8' },
    { name: 'result', type: 'text' },
    { name: 'reasons', type: 'text', cast: 'text[]' },
    { name: 'said', type: 'text' },
  ],
  'do nothing',
);

/** Every history is that: not worth a word on each line. */
const usual = new Set<string>(['uplift.history']);

/** Items that came for the first time; a line that came again, after a stop, was counted then. */
export function writeImportLines(client: ClientBase, items: readonly DecidedItem[]): Promise<unknown>[] {
  const sums = new Map<string, { row: Row; n: number }>();
  const listed: Row[] = [];
  for (const decided of items) {
    const place = placeOf(decided);
    if (place === null || decided.repeated) continue;
    const { shopId } = decided.item.envelope;
    const { importId, line, said } = place;
    const result = resultOf(decided);
    const reasons = reasonsOf(decided);
    for (const reason of result === 'refused' ? [reasons[0] ?? ''] : ['', ...reasons]) {
      const key = `${shopId} ${importId} ${result} ${reason}`;
      const sum = sums.get(key) ?? { row: [shopId, importId, result, reason], n: 0 };
      sum.n += 1;
      sums.set(key, sum);
    }
    if (line === null || reasons.length === 0) continue;
    // what is said of somebody erased is not kept anywhere (rules §7)
    const kept = reasons.includes('person.erased') ? null : said;
    listed.push([shopId, importId, line, result, textArray(reasons), kept]);
  }
  if (sums.size === 0) return [];
  return [
    ...send(
      client,
      counts,
      [...sums.values()].map(({ row, n }) => [...row, n]),
    ),
    ...send(client, lines, listed),
    ...writeAppliedLines(client, items),
  ];
}

interface Place {
  readonly importId: string;
  readonly line: bigint | number | null;
  /** Of an object read from a store: there is no file to look it up in. */
  readonly said: string | null;
}

const mostSaid = 20_000;

/** The line of an import's file, or an object of a store's history. null: neither. */
function placeOf({ item: { envelope, seq } }: DecidedItem): Place | null {
  const { source, deliveryKey, raw } = envelope;
  if (source.kind === 'import') return { importId: source.importId, line: lineOfKey(deliveryKey), said: null };
  const history = source.kind === 'pull' ? historyOfKey(deliveryKey) : null;
  if (history === null) return null;
  const text = Buffer.from(raw).toString('utf8').slice(0, mostSaid).replaceAll('\0', '').toWellFormed();
  return { importId: history.importId, line: seq, said: JSON.stringify([history.name, text]) };
}

export function resultOf({ item, outcome }: DecidedItem): Result {
  if (outcome === null || outcome.word === 'rejected' || outcome.word === 'ignored') return 'refused';
  if (outcome.word === 'unchanged') return 'unchanged';
  const { profile, order, bases } = outcome.effects;
  const facts = item.decoded.word === 'read' ? item.decoded.facts : [];
  if ((facts[0]?.type === 'order' ? order?.created : profile?.created) === true) return 'created';
  // the acts are kept, and the rules let none of them move anything
  const stayed = outcome.reasons.length > 0 && bases.every(({ from, to }) => from === to);
  return stayed && facts.every(({ type }) => type === 'consent') ? 'unchanged' : 'updated';
}

export function reasonsOf({ item: { decoded }, outcome }: DecidedItem): string[] {
  if (decoded.word !== 'read') return [decoded.reason];
  const notes = decoded.notes.map(({ reason }) => reason);
  return [...new Set([...(outcome?.reasons ?? []), ...notes])].filter((reason) => !usual.has(reason));
}
