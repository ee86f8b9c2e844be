import type { Pool } from 'pg';
import type { RightsList, RightsPage, RightsRow } from '#contract/rights.ts';
import { emailNormal } from '#domain/email.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { identityLife, openRequestText } from '#store/rights-request.ts';
import type { Keys } from '#store/secret.ts';

const columns = `id, kind, state, came_by, received_at, due_at, closed_at, address_sealed`;
const most = 200;

/** The queue, the most urgent first, and what was closed last (indexes rights_request_due, rights_request_closed). */
export async function listRightsRequests(
  pool: Pool,
  keys: Keys,
  shop: ShopId,
  zone: string,
  now: Instant,
): Promise<RightsList> {
  const open = await pool.query(
    `select ${columns} from rights_request where shop_id = $1 and closed_at is null order by due_at, id limit ${most}`,
    [shop],
  );
  const closed = await pool.query(
    `select ${columns} from rights_request where shop_id = $1 and closed_at is not null order by closed_at desc, id desc limit 50`,
    [shop],
  );
  const late = await pool.query<{ n: number }>(
    `select count(*)::int as n from rights_request where shop_id = $1 and closed_at is null and due_at < to_timestamp($2::float8 / 1000)`,
    [shop, now],
  );
  const row = (one: Record<string, unknown>): RightsRow => present(keys, shop, one);
  return { zone, open: open.rows.map(row), closed: closed.rows.map(row), late: late.rows[0]?.n ?? 0 };
}

/** One request, whom its address finds, and every step; null: no such request in this shop. */
export async function findRightsRequest(
  pool: Pool,
  keys: Keys,
  shop: ShopId,
  id: number,
  zone: string,
): Promise<RightsPage | null> {
  const { rows } = await pool.query(
    `select ${columns}, lang, note_sealed, extended_at, verified_at, verified_how, refusal, code_sent, (select name from shop where id = shop_id) as shop_name
     from rights_request where shop_id = $1 and id = $2`,
    [shop, id],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const shown = present(keys, shop, row);
  const steps = await pool.query(
    `select s.n, s.at, s.what, s.by, s.detail, u.name from rights_step s left join app_user u on s.by = 'staff:' || u.id
     where s.shop_id = $1 and s.request_id = $2 order by s.n`,
    [shop, id],
  );
  return {
    ...shown,
    shopName: row.shop_name,
    zone,
    lang: row.lang,
    note: openRequestText(keys, shop, row.note_sealed),
    extendedAt: row.extended_at?.getTime() ?? null,
    verifiedAt: row.verified_at?.getTime() ?? null,
    verifiedHow: row.verified_how,
    refusal: row.refusal,
    mailsLeft: Math.max(0, identityLife.mails - row.code_sent),
    profiles: shown.email === null ? [] : await findHolders(pool, shop, shown.email),
    steps: steps.rows.map(({ n, at, what, by, detail, name }) => ({
      n,
      at: at.getTime(),
      what,
      by: name,
      source: by.split(':')[0] ?? by,
      detail: detail ?? {},
    })),
  };
}

async function findHolders(pool: Pool, shop: ShopId, email: string): Promise<RightsPage['profiles']> {
  const { rows } = await pool.query(
    `select p.id, concat_ws(' ', p.firstname, p.name) as name, p.email,
       (select count(*)::int from orders o where o.shop_id = p.shop_id and o.profile_id = p.id) as orders
     from profile p where p.shop_id = $1 and p.email_norm = $2 order by p.id limit 50`,
    [shop, emailNormal(email)],
  );
  return rows.map(({ id, name, email: shown, orders }) => ({ id, name: name || shown, orders }));
}

function present(keys: Keys, shop: ShopId, row: Record<string, unknown>): RightsRow {
  const time = (value: unknown): number => (value as Date).getTime();
  return {
    id: row.id as number,
    kind: row.kind as RightsRow['kind'],
    state: row.state as RightsRow['state'],
    cameBy: row.came_by as RightsRow['cameBy'],
    receivedAt: time(row.received_at),
    dueAt: time(row.due_at),
    closedAt: row.closed_at === null ? null : time(row.closed_at),
    email: openRequestText(keys, shop, row.address_sealed as Buffer | null),
  };
}
