import type { Pool } from 'pg';
import type { ArchivePart, ArchiveRow, PersonArchive } from '#contract/archive.ts';
import type { Instant } from '#domain/facts.ts';
import { type ProfileId, profileId, type ShopId } from '#domain/ids.ts';
import { minorDigits } from '#domain/money.ts';
import { orderTexts } from '#domain/order-text.ts';
import { type BasisDefinition, settingsOf } from '#domain/settings.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import { findPersonJournal, findPersonKeys, type PersonKeys } from '#store/person-keys.ts';
import { hashAddress, type Keys } from '#store/secret.ts';

/** Rows of one part, at most: far above any person. */
const mostRows = 20_000;
/** So few that the planner looks at each time, and leaves out the days that hold none. */
const bytesAtOnce = 500;

const profileColumns = `id, email, name, firstname, birthday, gender, address, address2, address3, zip, city, country, phone, mobile, job,
  company, lang, customer_group, tags, custom, created_at, updated_at, last_seen, account_at, stated, records`;

/** Everything kept about the people of these profiles (one person, or the holders of one address), and of those they are merged with; null: none of them is there. */
export async function findPersonArchive(
  pool: Pool,
  keys: Keys,
  shop: ShopId,
  asked: readonly ProfileId[],
  now: Instant,
): Promise<PersonArchive | null> {
  const profiles = await withMerged(pool, shop, asked);
  const named = await pool.query(
    `select h.name, s.version, s.body from shop h
      join lateral (select version, body from shop_settings where shop_id = h.id order by version desc limit 1) s on true
      where h.id = $1`,
    [shop],
  );
  const found = named.rows[0];
  const person = await findPersonKeys(pool, shop, profiles);
  if (found === undefined || person.subjectKeys.length === 0) return null;
  const settings = settingsOf(found.body, found.version);
  const rows = async (text: string, ...more: readonly unknown[]): Promise<ArchiveRow[]> =>
    (await pool.query(`${text} limit ${mostRows}`, [shop, ...more])).rows.map(present);
  const basis = nameOf(settings.bases);
  const parts: Record<ArchivePart, readonly ArchiveRow[]> = {
    profile: await rows(`select ${profileColumns} from profile where shop_id = $1 and id = any ($2::int8[])`, profiles),
    identifiers: await rows(
      `select kind, namespace, value, since, until from profile_identifier where shop_id = $1 and profile_id = any ($2::int8[]) order by since`,
      profiles,
    ),
    browsers: await rows(
      `select token, verified, bound_at from visitor_token where shop_id = $1 and profile_id = any ($2::int8[]) order by bound_at`,
      profiles,
    ),
    bases: (
      await rows(
        `select basis_id, status, since, changed_at, activity_at from profile_basis where shop_id = $1 and profile_id = any ($2::int8[]) order by basis_id`,
        profiles,
      )
    ).map(basis),
    history: (
      await rows(
        `select h.basis_id, h.from_status, h.to_status, h.cause, h.source, h.at, h.arrived_at, h.text_version, h.channels, e.body as evidence
          from basis_history h left join consent_evidence e on e.shop_id = h.shop_id and e.subject_key = h.subject_key and e.seq = h.seq and e.n = h.n
          where h.shop_id = $1 and h.profile_id = any ($2::int8[]) order by h.seq, h.n`,
        profiles,
      )
    ).map(basis),
    acts: (
      await rows(
        `select basis_id, toward, cause, source, at, arrived_at, channel from basis_act where shop_id = $1 and profile_id = any ($2::int8[]) order by at`,
        profiles,
      )
    ).map(basis),
    refusals: (
      await rows(
        'select basis_id, at, personal from address_refusal where shop_id = $1 and address_hash = any ($2::bytea[])',
        addressHashes(keys, person),
      )
    ).map(basis),
    objections: await rows(
      'select channel, since, cause, lifted_at from objection where shop_id = $1 and address_hash = any ($2::bytea[])',
      addressHashes(keys, person),
    ),
    orders: (
      await rows(
        `select key, number, placed_at, currency, total_minor, refunded_minor, payment, fulfilment, cancelled, validated, contact_email,
            ${orderTexts.map(orderTextColumn).join(', ')}, tags, attributes, items from orders where shop_id = $1 and profile_id = any ($2::int8[]) order by placed_at`,
        profiles,
      )
    ).map(money),
    orderStates: await rows(
      `select o.key, s.at, s.payment, s.fulfilment, s.cancelled, s.source
        from order_state_history s join orders o on o.shop_id = s.shop_id and o.id = s.order_id
        where s.shop_id = $1 and s.order_id = any ($2::int8[]) order by s.order_id, s.seq, s.n`,
      person.orders,
    ),
    carts: (
      await rows(
        `select key, status, since, currency, total_minor, count, items, data, created_at, updated_at from cart
          where shop_id = $1 and (profile_id = any ($2::int8[]) or token = any ($3::text[])) order by created_at`,
        profiles,
        person.tokens,
      )
    ).map(money),
    received: await findReceived(pool, keys, person),
    mails: await rows(
      `select kind, to_address, lang, state, created_at, sent_at from outbox
        where of_shop = $1 and lower(btrim(to_address)) = any ($2::text[]) order by created_at`,
      person.emails,
    ),
    messages: await rows(
      `select d.kind, d.created_at, e.name as endpoint, d.state, d.body from webhook_delivery d
        left join webhook_endpoint e on e.shop_id = d.shop_id and e.id = d.endpoint_id
        where d.shop_id = $1 and d.profile_id = any ($2::int8[]) order by d.id`,
      profiles,
    ),
  };
  return { shop: found.name, madeAt: new Date(now).toISOString(), zone: settings.zone, parts };
}

/** What staff said is one person is one here too (rules §2.6). */
async function withMerged(pool: Pool, shop: ShopId, asked: readonly ProfileId[]): Promise<ProfileId[]> {
  const { rows } = await pool.query<{ id: number }>(
    `with roots as (select distinct coalesce(merged_into, id) as id from profile where shop_id = $1 and id = any ($2::int8[]))
     select p.id from roots r join profile p on p.shop_id = $1 and p.id = r.id
     union select u.id from roots r join profile p on p.shop_id = $1 and p.id = r.id cross join lateral unnest(p.absorbed) u(id)`,
    [shop, asked],
  );
  return rows.map(({ id }) => profileId(id));
}

/** What came about them, with its bytes where they are still kept. */
async function findReceived(pool: Pool, keys: Keys, person: PersonKeys): Promise<ArchiveRow[]> {
  const journal = (await findPersonJournal(pool, keys, person)).slice(-mostRows);
  const bytes = new Map<string, { readonly headers: unknown; readonly raw: Buffer }>();
  for (let from = 0; from < journal.length; from += bytesAtOnce) {
    const some = journal.slice(from, from + bytesAtOnce);
    const { rows } = await pool.query<{ seq: string; headers: unknown; raw: Buffer }>(
      `select r.seq::text as seq, r.headers, r.raw from unnest($2::timestamptz[], $3::int8[]) k(at, seq)
        join journal_raw r on r.shop_id = $1 and r.received_at = k.at and r.seq = k.seq and r.received_at = any ($2::timestamptz[])`,
      [person.shop, some.map((row) => row.received_at), some.map((row) => row.seq)],
    );
    for (const row of rows) bytes.set(row.seq, row);
  }
  return journal.map((row) => ({
    receivedAt: row.received_at.toISOString(),
    source: row.source,
    kind: row.kind,
    outcome: row.outcome,
    reasons: row.reasons,
    facts: row.facts,
    headers: (bytes.get(row.seq)?.headers ?? null) as ArchiveRow[string],
    bytes: bytes.get(row.seq)?.raw.toString('utf8') ?? null,
  }));
}

function addressHashes(keys: Keys, { shop, emails, phones }: PersonKeys): Buffer[] {
  return [
    ...emails.map((email) => hashAddress(keys, shop, `email:${email}`)),
    ...phones.map((phone) => hashAddress(keys, shop, `phone:${phone}`)),
  ];
}

/** Times as ISO text, columns in our JSON's spelling. */
function present(row: Record<string, unknown>): ArchiveRow {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      (value instanceof Date ? value.toISOString() : value) as ArchiveRow[string],
    ]),
  );
}

function nameOf(bases: readonly BasisDefinition[]): (row: ArchiveRow) => ArchiveRow {
  return ({ basisId, ...row }) => ({ basis: bases.find(({ id }) => id === basisId)?.name ?? String(basisId), ...row });
}

/** Amounts as people write them, beside their currency. */
function money({ totalMinor = null, refundedMinor = null, ...row }: ArchiveRow): ArchiveRow {
  const digits = minorDigits(String(row.currency ?? ''));
  const text = (minor: ArchiveRow[string]): string | null =>
    typeof minor === 'number' ? (minor / 10 ** digits).toFixed(digits) : null;
  const refunded = text(refundedMinor);
  return { ...row, total: text(totalMinor), ...(refunded === null ? {} : { refunded }) };
}
