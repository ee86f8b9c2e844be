/** What the applier would have counted along, and the small tables. */
import type { Size } from './size.ts';

export function countFills({
  profiles,
  orders,
  rows,
}: Size): readonly { readonly name: string; readonly sql: string }[] {
  return [
    {
      name: 'basis_count',
      sql: `insert into basis_count (shop_id, basis_id, status, n)
        select shop_id, basis_id, status, count(*) from profile_basis group by 1, 2, 3
        union all select shop_id, 0, 'profile', count(*) from profile group by 1`,
    },
    {
      name: 'day_count',
      sql: `insert into day_count (shop_id, day, what, key, n, minor)
        select shop_id, day, 'order', currency || case when validated then ' validated' else ' open' end, count(*), sum(net_minor) from orders group by 1, 2, 3, 4
        union all select shop_id, (received_at at time zone 'Europe/Paris')::date, 'received', source, count(*), 0 from journal
          where received_at > bench.at(${rows}) - interval '100 days' group by 1, 2, 4
        union all select bench.shop_of(p), (bench.when(bench.start_ms() - (${profiles} - p) * 60000) at time zone 'Europe/Paris')::date, 'profile', '', count(*), 0
          from generate_series(1::int8, ${profiles}) p group by 1, 2`,
    },
    {
      name: 'arrival_hour',
      sql: `insert into arrival_hour (shop_id, hour, outcome, reason, n, last_at)
        select shop_id, date_trunc('hour', received_at), outcome, reason, count(*), max(received_at)
        from journal, unnest('{""}'::text[] || reasons) reason
        where not test and received_at > bench.at(${rows}) - interval '60 days' group by 1, 2, 3, 4`,
    },
    {
      name: 'sighting',
      sql: `insert into sighting (shop_id, what, last_at) select id, what, bench.at(${rows}) from shop, unnest('{order,server-order,paid,optin-email,account}'::text[]) what`,
    },
    {
      name: 'unmapped_state',
      sql: `insert into unmapped_state (shop_id, source, code, n, last_at) select 1, 'server', 'code ' || n, n, bench.at(${rows}) from generate_series(1, 200) n`,
    },
    {
      name: 'page_host',
      sql: `insert into page_host (shop_id, host, first_seen) select 1, 'page' || n || '.example', bench.at(n) from generate_series(1, 500) n`,
    },
    {
      name: 'held_origin',
      sql: `insert into held_origin (shop_id, host, seq, received_at) select 1, 'page' || n % 20 || '.example', n * 1024, bench.at(n) from generate_series(1::int8, ${profiles / 50}) n`,
    },
    {
      name: 'parked',
      sql: `insert into parked (shop_id, seq, shard, received_at, envelope, error, attempts, next_try_at)
        select 1 + n % 2, n * 1024, 1 + n % 2, bench.at(n), repeat('x', 500)::bytea, 'a fault', 9, 'infinity' from generate_series(1::int8, ${profiles / 200}) n`,
    },
    {
      name: 'outbox',
      sql: `insert into outbox (id, of_shop, kind, to_address, lang, state, tries, created_at, next_try_at, sent_at)
        select md5('mail ' || n)::uuid::text, 1 + n % 2, 'test', 'somebody@example.com', 'fr', 'sent', 1, bench.at(n), bench.at(n), bench.at(n) from generate_series(1::int8, ${profiles / 10}) n`,
    },
    {
      name: 'audit',
      sql: `insert into audit (of_shop, at, user_id, kind, action) select 1 + n % 2, bench.at(n), 'bench-user', 'change', 'settings.change' from generate_series(1::int8, ${profiles / 10}) n`,
    },
    {
      name: 'webhook_endpoint',
      sql: `insert into webhook_endpoint (shop_id, name, url, kinds, secret, created_at, state, paused_by, paused_at)
        select 1, 'Endpoint ' || n, 'https://receiver.example/' || n, '{order.validated}', '\\x00', bench.at(n), 'paused', 'staff', bench.at(n) from generate_series(1, 5) n`,
    },
    {
      name: 'webhook_delivery',
      sql: `insert into webhook_delivery (shop_id, endpoint_id, message_id, kind, lane, profile_id, order_id, created_at, body, state, attempts, next_try_at, done_at)
        select 1, (select min(id) from webhook_endpoint) + n % 5, 'msg_' || n, case when n % 50 = 0 then 'order.refunded' else 'order.validated' end, bench.buyer(o), bench.buyer(o), o, bench.at(o * 4), repeat('{"type":"order.validated"}', 20),
          case when n % 100 = 0 then 'waiting' when n % 101 = 0 then 'skipped' else 'delivered' end, 1, bench.at(o * 4), bench.at(o * 4)
        from (select n, ${orders} - ${profiles / 2} + n as o from generate_series(1::int8, ${profiles / 2}) n) g`,
    },
    {
      name: 'webhook_attempt',
      sql: `insert into webhook_attempt (shop_id, delivery_id, n, at, took_ms, status) select shop_id, id, 1, created_at, 40, 200 from webhook_delivery`,
    },
  ];
}
