/** The history rows of a batch, each chained to the one before it in its shop, with the evidence beside them. */
import { randomBytes } from 'node:crypto';
import type { ClientBase } from 'pg';
import type { ActEvidence, HistoryRow } from '#domain/world-rows.ts';
import type { Envelope } from '#intake/envelope.ts';
import { evidenceHash, leafOf, linkOf } from '#store/ledger-hash.ts';
import type { DecidedBatch } from './items.ts';
import { type Column, insertStatement, overwrite, type Row, send, textArray } from './set-write.ts';

const uuid: Column = { name: 'subject_key', type: 'text', cast: 'uuid' };
const history = insertStatement('basis_history', [
  { name: 'shop_id', type: 'int4' },
  { name: 'profile_id', type: 'int8' },
  { name: 'basis_id', type: 'int4' },
  { name: 'seq', type: 'int8' },
  { name: 'n', type: 'int2' },
  { name: 'from_status', type: 'text' },
  { name: 'to_status', type: 'text' },
  { name: 'cause', type: 'text' },
  { name: 'source', type: 'text' },
  { name: 'at', type: 'timestamptz' },
  { name: 'arrived_at', type: 'timestamptz' },
  { name: 'settings_version', type: 'int4' },
  { name: 'text_version', type: 'int4' },
  { name: 'channels', type: 'text', cast: 'text[]' },
  uuid,
  { name: 'evidence_hash', type: 'bytea' },
  { name: 'chain_n', type: 'int8' },
  { name: 'leaf', type: 'bytea' },
  { name: 'chain_hash', type: 'bytea' },
]);
const evidence = insertStatement('consent_evidence', [
  { name: 'shop_id', type: 'int4' },
  uuid,
  { name: 'seq', type: 'int8' },
  { name: 'n', type: 'int2' },
  { name: 'salt', type: 'bytea' },
  { name: 'body', type: 'json' },
]);
const headColumns: readonly Column[] = [
  { name: 'shop_id', type: 'int4' },
  { name: 'n', type: 'int8' },
  { name: 'hash', type: 'bytea' },
];
const heads = insertStatement('ledger_head', headColumns, overwrite(headColumns, ['shop_id']));

const saltBytes = 16;

/** One more link for each change of a status, in the order they were decided; the shard's lock makes it the only writer. */
export function writeLedger(client: ClientBase, { items, shops }: DecidedBatch): Promise<unknown>[] {
  const changed = shops.filter(({ world }) => world.changes.history.length > 0);
  if (changed.length === 0) return [];
  const envelopes = new Map(items.map(({ item }) => [`${item.envelope.shopId} ${item.seq}`, item.envelope]));
  const historyRows: Row[] = [];
  const evidenceRows: Row[] = [];
  const headRows: Row[] = [];
  for (const { rows, world } of changed) {
    const { shopId } = rows;
    let { n: chainN, hash } = rows.ledger;
    for (const row of world.changes.history) {
      chainN += 1;
      const body = evidenceOf(row, envelopes.get(`${shopId} ${row.seq}`));
      const salt = body === null ? null : randomBytes(saltBytes);
      const sealed = body === null || salt === null ? null : evidenceHash(salt, JSON.stringify(body));
      const leaf = leafOf({ ...row, shopId, chainN, evidenceHash: sealed });
      hash = linkOf(hash, leaf);
      historyRows.push([
        ...[shopId, row.profileId, row.basisId, row.seq, row.n, row.from, row.to, row.cause, row.source, row.at],
        ...[row.arrivedAt, row.settingsVersion, row.textVersion, textArray(row.channels), row.subjectKey, sealed],
        ...[chainN, leaf, hash],
      ]);
      if (body !== null) evidenceRows.push([shopId, row.subjectKey, row.seq, row.n, salt, body]);
    }
    headRows.push([shopId, chainN, hash]);
    rows.ledger = { n: chainN, hash };
  }
  return [
    ...send(client, history, historyRows),
    ...send(client, evidence, evidenceRows),
    ...send(client, heads, headRows),
  ];
}

interface KeptEvidence extends ActEvidence {
  readonly ip?: string;
  readonly agent?: string;
}

/** Page and address are evidence only where the person's own browser spoke (rules §4); the address came truncated. */
function evidenceOf(row: HistoryRow, envelope: Envelope | undefined): KeptEvidence | null {
  if (row.evidence === null || envelope === undefined) return null;
  const own = envelope.source.kind === 'browser' || envelope.source.kind === 'person';
  const page = own && row.evidence.page === undefined ? pageOf(envelope.headers.referer) : null;
  const agent = envelope.headers['user-agent'];
  const kept: KeptEvidence = {
    ...row.evidence,
    ...(page === null ? {} : { page }),
    ...(own && envelope.ip !== null ? { ip: envelope.ip } : {}),
    ...(envelope.source.kind === 'person' && agent !== undefined ? { agent } : {}),
  };
  return Object.keys(kept).length === 0 ? null : kept;
}

/** Without what follows the path: it may name the person. */
function pageOf(referer: string | undefined): string | null {
  const url = referer === undefined ? null : URL.parse(referer);
  return url === null ? null : `${url.origin}${url.pathname}`.slice(0, 300);
}
