import { type Kysely, sql } from 'kysely';
import type { Proof, ProofChange, ProofEvidence } from '#contract/proof.ts';
import type { ShopId } from '#domain/ids.ts';
import type { BasisDefinition } from '#domain/settings.ts';
import { type ChainedRow, leafOf, linkOf } from '#store/ledger-hash.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/**
 * Since when and by which acts one basis of one person holds, each change checked in its place of the chain; null: no such person or
 * basis. `most`: of the newest changes; null: all.
 */
export async function findProof(
  db: Kysely<Database>,
  shop: ShopId,
  profile: number,
  basis: number,
  most: number | null,
): Promise<Proof | null> {
  const [found, named, person] = await Promise.all([
    findShopSettings(db, shop),
    db.selectFrom('shop').select(['id', 'name']).where('id', '=', shop).executeTakeFirst(),
    findPerson(db, shop, profile, basis),
  ]);
  const definition = found?.settings.bases.find(({ id }) => id === basis);
  if (found === null || named === undefined || person === undefined || definition === undefined) return null;
  const read = await listChanges(db, shop, profile, basis, most === null ? null : most + 1);
  const rows = read.slice(0, most ?? read.length);
  const definitions = await findDefinitions(db, shop, basis, [...new Set(rows.map((row) => row.settings_version))]);
  return {
    zone: found.settings.zone,
    shop: named,
    profile: { id: person.id, email: person.email, subjectKey: person.subject_key },
    basis: {
      id: definition.id,
      kind: definition.kind,
      name: definition.name,
      description: definition.description,
      ground: definition.ground,
      purposes: [...definition.purposes],
      channels: [...definition.channels],
    },
    status: (person.status ?? 'unknown') as Proof['status'],
    since: person.since?.getTime() ?? null,
    more: read.length > rows.length,
    changes: rows.map((row) => present(shop, row, definitions.get(row.settings_version) ?? definition)),
  };
}

function findPerson(db: Kysely<Database>, shop: ShopId, profile: number, basis: number) {
  return db
    .selectFrom('profile as p')
    .leftJoin('profile_basis as b', (join) =>
      join.onRef('b.shop_id', '=', 'p.shop_id').onRef('b.profile_id', '=', 'p.id').on('b.basis_id', '=', basis),
    )
    .select(['p.id', 'p.email', 'p.subject_key', 'b.status', 'b.since'])
    .where('p.shop_id', '=', shop)
    .where('p.id', '=', profile)
    .executeTakeFirst();
}

type ChangeRow = Awaited<ReturnType<typeof listChanges>>[number];

/** Newest first, each with the link before it: the row's, or what retention left of it. */
async function listChanges(db: Kysely<Database>, shop: ShopId, profile: number, basis: number, most: number | null) {
  const { rows } = await sql<{
    seq: string;
    n: number;
    from_status: string;
    to_status: string;
    cause: string;
    source: string;
    at: Date;
    arrived_at: Date;
    settings_version: number;
    text_version: number | null;
    channels: string[];
    subject_key: string;
    profile_id: number;
    basis_id: number;
    evidence_hash: Buffer | null;
    chain_n: number | null;
    chain_hash: Buffer | null;
    before: Buffer | null;
    by: string | null;
    body: ProofEvidence | null;
    erased_at: Date | null;
  }>`
    select h.seq::text as seq, h.n, h.from_status, h.to_status, h.cause, h.source, h.at, h.arrived_at, h.settings_version,
      h.text_version, h.channels, h.subject_key, h.profile_id, h.basis_id, h.evidence_hash, h.chain_n, h.chain_hash,
      coalesce(p.chain_hash, k.chain_hash, case when h.chain_n = 1 then ${Buffer.alloc(32)}::bytea end) as before,
      u.name as by, e.body, case when e.body is null and h.evidence_hash is not null then x.erased_at end as erased_at
    from basis_history h
    left join basis_history p on p.shop_id = h.shop_id and p.chain_n = h.chain_n - 1
    left join history_checkpoint k on k.shop_id = h.shop_id and k.chain_n = h.chain_n - 1
    left join consent_evidence e on e.shop_id = h.shop_id and e.subject_key = h.subject_key and e.seq = h.seq and e.n = h.n
    left join erased_subject x on x.shop_id = h.shop_id and x.subject_key = h.subject_key
    left join app_user u on h.source = 'staff:' || u.id
    where h.shop_id = ${shop} and h.profile_id = ${profile} and h.basis_id = ${basis}
    order by h.arrived_at desc, h.seq desc, h.n desc limit ${most}`.execute(db);
  return rows;
}

/** The basis as each settings version had it. */
async function findDefinitions(
  db: Kysely<Database>,
  shop: ShopId,
  basis: number,
  versions: readonly number[],
): Promise<Map<number, BasisDefinition>> {
  if (versions.length === 0) return new Map();
  const { rows } = await sql<{ version: number; basis: BasisDefinition }>`
    select s.version, b.basis from shop_settings s, jsonb_array_elements(s.body -> 'bases') b(basis)
    where s.shop_id = ${shop} and s.version = any (${versions}::int4[]) and (b.basis ->> 'id')::int = ${basis}`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.version, row.basis]));
}

function present(shop: ShopId, row: ChangeRow, definition: BasisDefinition): ProofChange {
  return {
    seq: row.seq,
    n: row.n,
    from: row.from_status as ProofChange['from'],
    to: row.to_status as ProofChange['to'],
    cause: row.cause,
    source: row.source,
    by: row.by,
    at: row.at.getTime(),
    arrivedAt: row.arrived_at.getTime(),
    settingsVersion: row.settings_version,
    channels: row.channels as ProofChange['channels'],
    name: definition.name,
    ground: definition.ground,
    purposes: [...definition.purposes],
    textVersion: row.text_version,
    texts: { ...definition.texts },
    evidence: row.body,
    evidenceErasedAt: row.erased_at?.getTime() ?? null,
    chainN: row.chain_n,
    chainHash: row.chain_hash?.toString('hex') ?? null,
    check: checkOf(shop, row),
  };
}

function checkOf(shop: ShopId, row: ChangeRow): ProofChange['check'] {
  if (row.chain_n === null || row.chain_hash === null) return 'unchained';
  if (row.before === null) return 'changed';
  return linkOf(row.before, leafOf(chained(shop, row.chain_n, row))).equals(row.chain_hash) ? 'standing' : 'changed';
}

/** A history row as the chain hashes it. */
export function chained(
  shop: ShopId,
  chainN: number,
  row: Pick<
    ChangeRow,
    | 'profile_id'
    | 'basis_id'
    | 'seq'
    | 'n'
    | 'from_status'
    | 'to_status'
    | 'cause'
    | 'source'
    | 'at'
    | 'arrived_at'
    | 'settings_version'
    | 'text_version'
    | 'channels'
    | 'subject_key'
    | 'evidence_hash'
  >,
): ChainedRow {
  return {
    shopId: shop,
    chainN,
    profileId: row.profile_id,
    basisId: row.basis_id,
    seq: row.seq,
    n: row.n,
    from: row.from_status,
    to: row.to_status,
    cause: row.cause,
    source: row.source,
    at: row.at.getTime(),
    arrivedAt: row.arrived_at.getTime(),
    settingsVersion: row.settings_version,
    textVersion: row.text_version,
    channels: row.channels,
    subjectKey: row.subject_key,
    evidenceHash: row.evidence_hash,
  };
}
