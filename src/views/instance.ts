/** What the owner of the installation sees: its shops, its people, how it fares. */
import { type Kysely, sql } from 'kysely';
import type { Health, InstancePeople, InstanceShops } from '#contract/instance.ts';
import { peopleShown } from '#contract/instance.ts';
import { alarmKinds } from '#domain/alarm.ts';
import type { Database } from '#store/tables.ts';
import { findMailHealth } from './outbox.ts';

const shopsShown = 1_000;
const counted = 10_000;

/** Every shop, also those being deleted. */
export async function listInstanceShops(db: Kysely<Database>, userId: string): Promise<InstanceShops> {
  const rows = await db
    .selectFrom('shop as s')
    .select(['s.id', 's.name', 's.demo', 's.created_at', 's.installed_at', 's.closed_at', 's.deleting_at'])
    .select([
      sql<number>`(select count(*)::int from shop_member m where m.shop_id = s.id)`.as('members'),
      sql<number>`(select count(*)::int from shop_member m where m.shop_id = s.id and m.role = 'administrator')`.as(
        'administrators',
      ),
      sql<boolean>`exists (select from shop_member m where m.shop_id = s.id and m.user_id = ${userId})`.as('mine'),
    ])
    .orderBy('s.id')
    .limit(shopsShown)
    .execute();
  return {
    shops: rows.map((row) => ({
      id: row.id,
      name: row.name,
      demo: row.demo,
      createdAt: row.created_at.getTime(),
      installedAt: row.installed_at?.getTime() ?? null,
      closedAt: row.closed_at?.getTime() ?? null,
      deletingAt: row.deleting_at?.getTime() ?? null,
      members: row.members,
      administrators: row.administrators,
      mine: row.mine,
    })),
  };
}

/** Whoever has an account, by address; `search`: a part of the address or the name. */
export async function listInstancePeople(db: Kysely<Database>, search: string): Promise<InstancePeople> {
  const part = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`;
  const rows = await db
    .selectFrom('app_user as u')
    .select(['u.id', 'u.email', 'u.name', 'u.instance_admin', 'u.created_at'])
    .select([
      sql<Date | null>`(select max(s.updated_at) from user_session s where s.user_id = u.id)`.as('seen_at'),
      sql<boolean>`exists (select from second_factor f where f.user_id = u.id and f.confirmed_at is not null)`.as(
        'second_factor',
      ),
      sql<InstancePeople['people'][number]['shops']>`coalesce((
        select json_agg(json_build_object('id', s.id, 'name', s.name, 'role', m.role) order by s.id)
        from shop_member m join shop s on s.id = m.shop_id where m.user_id = u.id), '[]'::json)`.as('shops'),
    ])
    .$if(search.trim() !== '', (query) =>
      query.where((eb) => eb.or([eb('u.email', 'ilike', part), eb('u.name', 'ilike', part)])),
    )
    .orderBy('u.email')
    .limit(peopleShown + 1)
    .execute();
  return {
    people: rows.slice(0, peopleShown).map((row) => ({
      id: row.id,
      email: row.email,
      name: row.name,
      instanceAdmin: row.instance_admin,
      secondFactor: row.second_factor,
      createdAt: row.created_at.getTime(),
      seenAt: row.seen_at?.getTime() ?? null,
      shops: row.shops,
    })),
    more: rows.length > peopleShown,
  };
}

/** What the database knows of how the installation fares. */
export async function findHealth(db: Kysely<Database>): Promise<
  Pick<Health, 'postgres' | 'databaseBytes' | 'jobs' | 'alarms'> & {
    readonly intake: Pick<Health['intake'], 'batches' | 'oldestAt' | 'parked'>;
    readonly mail: Omit<Health['mail'], 'configured'>;
  }
> {
  const [{ rows: sums }, mail, jobs, alarms] = await Promise.all([
    sql<{ version: string; bytes: string; batches: number; oldest: Date | null; parked: number }>`
      select current_setting('server_version') as version, pg_database_size(current_database())::text as bytes,
        (select count(*)::int from (select from intake limit ${counted}) w) as batches,
        (select min(received_at) from (select received_at from intake order by shard, lane, batch_id limit ${counted}) w) as oldest,
        (select count(*)::int from (select from parked limit ${counted}) p) as parked`.execute(db),
    findMailHealth(db),
    db
      .selectFrom('job_run')
      .select(['name', 'started_at', 'ended_at', 'fault', 'failed_at'])
      .orderBy('name')
      .limit(100)
      .execute(),
    db
      .selectFrom('alarm as a')
      .innerJoin('shop as s', 's.id', 'a.shop_id')
      .select(['a.shop_id', 's.name', 'a.kind', 'a.since', 'a.figure'])
      .orderBy('a.since', 'desc')
      .limit(100)
      .execute(),
  ]);
  const [row] = sums;
  return {
    postgres: row?.version ?? '',
    databaseBytes: Number(row?.bytes ?? 0),
    intake: { batches: row?.batches ?? 0, oldestAt: row?.oldest?.getTime() ?? null, parked: row?.parked ?? 0 },
    mail,
    jobs: jobs.map((job) => ({
      name: job.name,
      startedAt: job.started_at.getTime(),
      tookMs: job.ended_at.getTime() - job.started_at.getTime(),
      fault: job.fault,
      failedAt: job.failed_at?.getTime() ?? null,
    })),
    alarms: alarms.flatMap(({ shop_id, name, kind, since, figure }) => {
      const alarm = alarmKinds.find((one) => one === kind);
      return alarm === undefined ? [] : [{ shopId: shop_id, shop: name, alarm, since: since.getTime(), figure }];
    }),
  };
}
