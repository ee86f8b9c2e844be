import { type Kysely, sql } from 'kysely';
import type { Anchor, LedgerFault, LedgerSlice, LedgerState } from '#contract/proof.ts';
import type { ShopId } from '#domain/ids.ts';
import { checkAnchor } from '#store/anchor.ts';
import { chainStart, evidenceHash, leafOf, linkOf } from '#store/ledger-hash.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { chained } from './consent-proof.ts';

const slice = 1_000;

/** Where the chain stands now, and the anchors given. */
export async function findLedger(db: Kysely<Database>, shop: ShopId, anchors: readonly Anchor[]): Promise<LedgerState> {
  const row = await db.selectFrom('ledger_head').select(['n', 'hash']).where('shop_id', '=', shop).executeTakeFirst();
  return { n: row?.n ?? 0, hash: (row?.hash ?? chainStart.hash).toString('hex'), anchors: [...anchors] };
}

/** The head of every shop's chain that has one. */
export async function listHeads(
  db: Kysely<Database>,
): Promise<readonly { readonly shop: number; readonly n: number; readonly hash: string }[]> {
  const rows = await db.selectFrom('ledger_head').select(['shop_id', 'n', 'hash']).orderBy('shop_id').execute();
  return rows.map((row) => ({ shop: row.shop_id, n: row.n, hash: row.hash.toString('hex') }));
}

/** Hashes the next slice of a shop's history again, and compares it with its links, its evidence and the anchors that lie in it. */
export async function verifySlice(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
  after: number,
  anchors: readonly Anchor[],
): Promise<LedgerSlice> {
  const [links, start] = await Promise.all([listLinks(db, shop, after), findLink(db, shop, after)]);
  const faults: LedgerFault[] = [];
  let before = start;
  let place = after;
  let evidenceErased = 0;
  let forgotten = 0;
  for (const link of links) {
    if (link.chain_n !== place + 1) faults.push({ n: place + 1, what: 'row_missing' });
    const evidence = faultOfEvidence(link);
    if (evidence === 'erased') evidenceErased += 1;
    else if (evidence !== null) faults.push({ n: link.chain_n, what: evidence });
    if (link.kind === 'forgotten') forgotten += 1;
    const leaf = link.kind === 'forgotten' ? link.leaf : leafOf(chained(shop, link.chain_n, link));
    const stands = before !== null && link.chain_n === place + 1 && linkOf(before, leaf).equals(link.chain_hash);
    if (!stands && link.chain_n === place + 1) faults.push({ n: link.chain_n, what: 'row_changed' });
    before = link.chain_hash;
    place = link.chain_n;
  }
  const next = links.length === slice ? place : null;
  if (next === null) faults.push(...(await faultsOfEnd(db, shop, place, before)));
  faults.push(...faultsOfAnchors(keys, shop, anchors, after, next, links, place));
  return { checked: links.length, evidenceErased, forgotten, faults, next };
}

type Link = Awaited<ReturnType<typeof listLinks>>[number];

async function listLinks(db: Kysely<Database>, shop: ShopId, after: number) {
  const { rows } = await sql<{
    kind: 'row' | 'forgotten';
    chain_n: number;
    chain_hash: Buffer;
    leaf: Buffer;
    profile_id: number;
    basis_id: number;
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
    evidence_hash: Buffer | null;
    salt: Buffer | null;
    body: string | null;
    erased_at: Date | null;
  }>`
    select l.kind, l.chain_n, l.chain_hash, l.leaf, l.profile_id, l.basis_id, l.seq, l.n, l.from_status, l.to_status, l.cause,
      l.source, l.at, l.arrived_at, l.settings_version, l.text_version, l.channels, l.subject_key, l.evidence_hash, l.salt, l.body,
      l.erased_at
    from (
      (select 'row' as kind, h.chain_n, h.chain_hash, h.leaf, h.profile_id, h.basis_id, h.seq::text as seq, h.n, h.from_status,
          h.to_status, h.cause, h.source, h.at, h.arrived_at, h.settings_version, h.text_version, h.channels, h.subject_key,
          h.evidence_hash, e.salt, e.body::text as body, x.erased_at
        from basis_history h
        left join consent_evidence e on e.shop_id = h.shop_id and e.subject_key = h.subject_key and e.seq = h.seq and e.n = h.n
        left join erased_subject x on x.shop_id = h.shop_id and x.subject_key = h.subject_key
        where h.shop_id = ${shop} and h.chain_n > ${after} order by h.chain_n limit ${slice})
      union all
      (select 'forgotten', chain_n, chain_hash, leaf, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null, null, null
        from history_checkpoint where shop_id = ${shop} and chain_n > ${after} order by chain_n limit ${slice})
    ) l order by l.chain_n limit ${slice}`.execute(db);
  return rows;
}

/** The link the slice begins at; null: it is not there. */
async function findLink(db: Kysely<Database>, shop: ShopId, n: number): Promise<Buffer | null> {
  if (n === 0) return chainStart.hash;
  const { rows } = await sql<{ hash: Buffer }>`
    select chain_hash as hash from basis_history where shop_id = ${shop} and chain_n = ${n}
    union all select chain_hash from history_checkpoint where shop_id = ${shop} and chain_n = ${n}`.execute(db);
  return rows[0]?.hash ?? null;
}

function faultOfEvidence(link: Link): 'erased' | 'evidence_changed' | 'evidence_missing' | null {
  if (link.kind === 'forgotten' || (link.evidence_hash === null && link.body === null)) return null;
  if (link.evidence_hash === null) return 'evidence_changed';
  if (link.salt === null || link.body === null) return link.erased_at === null ? 'evidence_missing' : 'erased';
  return evidenceHash(link.salt, link.body).equals(link.evidence_hash) ? null : 'evidence_changed';
}

/** Rows cut off at the end leave the head pointing past them. */
async function faultsOfEnd(
  db: Kysely<Database>,
  shop: ShopId,
  place: number,
  hash: Buffer | null,
): Promise<LedgerFault[]> {
  const head = await db.selectFrom('ledger_head').select(['n', 'hash']).where('shop_id', '=', shop).executeTakeFirst();
  const at = head ?? { n: 0, hash: chainStart.hash };
  // rows that came while this one was checked lie behind it
  if (at.n > place && (await findLink(db, shop, at.n)) !== null) return [];
  return at.n === place && hash !== null && at.hash.equals(hash) ? [] : [{ n: place, what: 'head_differs' }];
}

function faultsOfAnchors(
  keys: Keys,
  shop: ShopId,
  anchors: readonly Anchor[],
  after: number,
  next: number | null,
  links: readonly Link[],
  place: number,
): LedgerFault[] {
  const byPlace = new Map(links.map((link) => [link.chain_n, link.chain_hash]));
  const faults: LedgerFault[] = [];
  for (const anchor of anchors) {
    if (anchor.n <= after || (next !== null && anchor.n > place)) continue;
    if (anchor.shop !== shop || !checkAnchor(keys, anchor)) faults.push({ n: anchor.n, what: 'anchor_forged' });
    else if (byPlace.get(anchor.n)?.toString('hex') !== anchor.hash)
      faults.push({ n: anchor.n, what: 'anchor_differs' });
  }
  return faults;
}
