/**
 * The chain over a shop's basis history (docs/decisions/007): `leaf` = hash of a row and of its evidence's salted hash,
 * `chain_hash` = hash of the chain before it and the leaf. Evidence may be erased and a leaf outlives its row: the chain stands.
 */
import { hash } from 'node:crypto';

export interface ChainedRow {
  readonly shopId: number;
  readonly chainN: number;
  readonly profileId: number;
  readonly basisId: number;
  readonly seq: bigint | string;
  readonly n: number;
  readonly from: string;
  readonly to: string;
  readonly cause: string;
  readonly source: string;
  /** Milliseconds UTC. */
  readonly at: number;
  readonly arrivedAt: number;
  readonly settingsVersion: number;
  readonly textVersion: number | null;
  readonly channels: readonly string[];
  readonly subjectKey: string;
  readonly evidenceHash: Buffer | null;
}

export const chainStart: { readonly n: number; readonly hash: Buffer } = { n: 0, hash: Buffer.alloc(32) };

/** SHA-256 of the row as a JSON array in this order. */
export function leafOf(row: ChainedRow): Buffer {
  return hash(
    'sha256',
    JSON.stringify([
      ...[row.shopId, row.chainN, row.profileId, row.basisId, row.seq.toString(), row.n, row.from, row.to, row.cause],
      ...[row.source, row.at, row.arrivedAt, row.settingsVersion, row.textVersion, row.channels, row.subjectKey],
      row.evidenceHash?.toString('hex') ?? null,
    ]),
    'buffer',
  );
}

export function linkOf(before: Buffer, leaf: Buffer): Buffer {
  return hash('sha256', Buffer.concat([before, leaf]), 'buffer');
}

/** `body`: the evidence as its JSON text. */
export function evidenceHash(salt: Buffer, body: string): Buffer {
  return hash('sha256', Buffer.concat([salt, Buffer.from(body)]), 'buffer');
}
