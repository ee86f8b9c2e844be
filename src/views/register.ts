import type { Pool } from 'pg';
import type { Register } from '#contract/register.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { InstanceRetention, Retention } from '#domain/retention.ts';
import { settingsOf } from '#domain/settings.ts';
import { dataKinds, type Keep, personalData } from '#store/personal-data.ts';
import { findInstanceRetention } from './retention.ts';

/** What guards against doubles, and links that wait for an answer. */
const fixedDays: Partial<Record<Keep, number>> = { days35: 35, confirmation: 30 };

/** Everything article 30 asks for that the program knows by itself; null: no such shop. */
export async function findRegister(pool: Pool, shop: ShopId, now: Instant): Promise<Register | null> {
  const { rows } = await pool.query(
    `select h.id, h.name, s.version, s.body from shop h
      join lateral (select version, body from shop_settings where shop_id = h.id order by version desc limit 1) s on true
      where h.id = $1`,
    [shop],
  );
  const found = rows[0];
  if (found === undefined) return null;
  const { bases, retention: own, zone } = settingsOf(found.body, found.version);
  const retention = { ...own, ...(await findInstanceRetention(pool)) };
  const { rows: counts } = await pool.query<{ basis_id: number; n: number }>(
    `select basis_id, n from basis_count where shop_id = $1 and status = 'accepted'`,
    [shop],
  );
  const { rows: endpoints } = await pool.query<{ name: string; url: string; state: string }>(
    'select name, url, state from webhook_endpoint where shop_id = $1 order by id',
    [shop],
  );
  const { rows: team } = await pool.query<{ role: string; members: number }>(
    'select role, count(*)::int as members from shop_member where shop_id = $1 group by role order by role',
    [shop],
  );
  return {
    shop: { id: found.id, name: found.name },
    madeAt: new Date(now).toISOString(),
    zone,
    settingsVersion: found.version,
    activities: bases.map((basis) => ({
      id: basis.id,
      name: basis.name,
      description: basis.description,
      ground: basis.ground,
      balanceTest: basis.balanceTest,
      purposes: [...basis.purposes],
      channels: [...basis.channels],
      active: basis.active,
      expiryDays: basis.expiry?.days ?? null,
      doubleOptIn: basis.doubleOptIn,
      accepted: counts.find(({ basis_id }) => basis_id === basis.id)?.n ?? 0,
    })),
    data: dataKinds.filter((kind) => kind !== 'none').map((kind) => dataOf(kind, retention)),
    recipients: endpoints.map(({ name, url, state }) => ({
      name,
      host: URL.parse(url)?.host ?? '',
      active: state === 'active',
    })),
    team,
  };
}

type Periods = Retention & InstanceRetention;

function dataOf(kind: string, retention: Periods): Register['data'][number] {
  const tables = Object.entries(personalData).filter(([, data]) => data.kind === kind);
  const keeps = [...new Set(tables.map(([, { keep }]) => keep))];
  return {
    kind,
    tables: tables.map(([table]) => table),
    erasure: [...new Set(tables.map(([, { erasure }]) => erasure))],
    keeps: keeps.map((keep) => ({ keep, days: daysOf(keep, retention) })),
  };
}

function daysOf(keep: Keep, retention: Periods): number | null {
  const set = keep in retention ? retention[keep as keyof Periods] : null;
  return set ?? (keep === 'profile' ? retention.inactiveDays : (fixedDays[keep] ?? null));
}
