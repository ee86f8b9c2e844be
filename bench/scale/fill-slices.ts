/** The big tables of the filled database, as statements over a range of numbers ($1 to $2). Server-side, so that no row travels. */
import type { Size } from './size.ts';
import { rawDays, unreadDays } from './size.ts';

export interface SlicedFill {
  readonly table: string;
  /** Numbers from 1 to this. */
  readonly upTo: number;
  readonly sql: string;
}

const range = 'generate_series($1::int8, $2::int8)';

export function slicedFills(size: Size): readonly SlicedFill[] {
  return [...peopleFills(size), ...orderFills(size), ...journalFills(size), ...ledgerFills(size)];
}

function peopleFills({ profiles, rows }: Size): SlicedFill[] {
  const lastRow = `bench.first_row(p) + ${rows - profiles}`;
  return [
    {
      table: 'profile',
      upTo: profiles,
      sql: `insert into profile (shop_id, id, created_at, updated_at, last_seen, subject_key, email, email_norm, email_rank, email_at,
        name, firstname, address, zip, city, country, mobile, mobile_e164, lang, tags, stated, records, account_at)
      select bench.shop_of(p), p, bench.when(created), bench.when(seen), bench.when(seen), bench.subject_key(p), bench.email(p), bench.email(p), 2,
        bench.when(created), 'Durand' || p % 977, 'Camille', p % 99 || ' rue de la Paix', '75002', 'Paris', 'FR',
        '06' || lpad(p::text, 8, '0'), '+336' || lpad(p::text, 8, '0'), 'fr', case when p % 5 = 0 then '{vip}'::text[] else '{}' end,
        format('{"name":[2,%1$s],"firstname":[2,%1$s],"address":[2,%1$s],"zip":[2,%1$s],"city":[2,%1$s],"country":[2,%1$s],"mobile":[2,%1$s]}', created)::json,
        format('{"email:server":[1,%1$s,%1$s,%1$s,null]}', created)::json, case when p % 3 > 0 then bench.when(created) end
      from (select p, bench.start_ms() - (${profiles} - p) * 60000 as created, bench.ms(${lastRow}) as seen from ${range} p) g`,
    },
    {
      table: 'profile_identifier',
      upTo: profiles,
      sql: `insert into profile_identifier (shop_id, kind, namespace, value, profile_id, rank, since)
      select bench.shop_of(p), 'external', 'default', p::text, p, 2, bench.when(bench.start_ms()) from ${range} p where p % 10 <> 5`,
    },
    {
      table: 'visitor_token',
      upTo: profiles,
      sql: `insert into visitor_token (shop_id, token, profile_id, verified, bound_at)
      select bench.shop_of(p), left(translate(encode(decode(md5('token ' || p), 'hex'), 'base64'), '+/=', '-_'), 22), p, p % 2 = 0, bench.at(bench.first_row(p))
      from ${range} p`,
    },
    {
      table: 'objection',
      upTo: profiles / 50,
      sql: `insert into objection (shop_id, address_hash, channel, since, cause, lifted_at)
      select bench.shop_of(p), bench.address_hash(bench.shop_of(p) || ':email:' || bench.email(p)), 'email', bench.at(bench.first_row(p)), 'stop',
        case when n % 10 = 0 then bench.at(bench.first_row(p) + ${profiles}) end
      from (select n, n * 49 + 3 as p from ${range} n) g`,
    },
    {
      table: 'address_refusal',
      upTo: profiles,
      sql: `insert into address_refusal (shop_id, address_hash, basis_id, at, personal)
      select bench.shop_of(p), bench.address_hash(bench.shop_of(p) || ':email:' || bench.email(p)), 6, bench.at(bench.first_row(p) + ${16 * profiles}), false
      from ${range} p where bench.status(p, 4, 2) = 'refused'`,
    },
    {
      table: 'cart',
      upTo: profiles / 2,
      sql: `insert into cart (shop_id, ref, namespace, key, profile_id, status, since, rank, at, created_at, updated_at, currency, total_minor, count, items)
      select bench.shop_of(p), 'key:default K' || n, 'default', 'K' || n, p, (array['open', 'abandoned', 'ordered', 'ordered'])[1 + n % 4], at, 2, at, at, at, 'EUR', 4990, 2,
        '[{"name":"Robe","count":1,"unit":"39.90"},{"name":"Ceinture","count":1,"unit":"10.00"}]'
      from (select n, bench.buyer(n) as p, bench.at(n * 40) as at from ${range} n) g`,
    },
    {
      table: 'delivery_key',
      upTo: profiles / 2,
      sql: `insert into delivery_key (shop_id, key, seq, received_at)
      select bench.shop_of(n), 'k' || n, (${rows} - n) * 1024, bench.at(${rows} - n) from ${range} n`,
    },
  ];
}

function orderFills({ orders }: Size): SlicedFill[] {
  const times = `bench.ms(o * 4) as ms, case when bench.dice(o, 2) % 100 < 85 then 'paid' else 'none' end as payment,
    bench.dice(o, 3) % 100 < 60 as shipped, bench.dice(o, 4) % 100 < 3 as cancelled`;
  return [
    {
      table: 'orders',
      upTo: orders,
      sql: `insert into orders (shop_id, id, namespace, key, number, profile_id, created_at, updated_at, placed_at, day, currency, total_minor, net_minor,
        payment, fulfilment, cancelled, legacy_state, validated, validated_at, is_new, contact_email, invoice_number, items, stated, uplifted)
      select bench.shop_of(p), o, 'default', 'S' || o, 'N' || o, p, bench.when(ms), bench.when(least(ms + bench.dice(o, 5) % 864000000, ${'bench.ms(4 * '}${orders}))),
        bench.when(ms - 60000), (bench.when(ms - 60000) at time zone 'Europe/Paris')::date, 'EUR', total, total, payment,
        case when shipped and payment = 'paid' then 'shipped' else 'none' end, cancelled,
        case when cancelled then 50 when payment = 'none' then 10 when shipped then 30 else 20 end,
        payment = 'paid' and not cancelled, case when payment = 'paid' and not cancelled then bench.when(ms) end, o % 3 = 0, bench.email(p),
        case when payment = 'paid' then 'F' || o end,
        '[{"id":"robe-1","name":"Robe","count":1,"unit":"39.90"},{"id":"ceinture-2","name":"Ceinture","count":1,"unit":"10.00"}]',
        format('{"named":true,"firstAt":%1$s,"state":{"2":{"payment":{"timed":null,"furthest":"%2$s","untimed":true},"fulfilment":{"timed":null,"furthest":"none","untimed":true},"cancelAt":null,"reviveAt":null,"paidAt":%3$s}},"total":{"2":{"at":%1$s,"value":{"minor":%4$s,"currency":"EUR"}}},"owner":{"2":{"at":%1$s,"value":%5$s}},"placed":{"2":{"at":%1$s,"value":%6$s}},"refunds":{"byId":{},"snapshot":null},"fields":{"contactEmail":[2,%1$s],"new":[2,%1$s]}}',
          ms, payment, case when payment = 'paid' then ms::text else 'null' end, total, p, ms - 60000)::json, array[p]
      from (select o, bench.buyer(o) as p, 990 + bench.dice(o, 6) % 20000 as total, ${times} from ${range} o) g`,
    },
    {
      table: 'order_state_history',
      upTo: orders,
      sql: `insert into order_state_history (shop_id, order_id, seq, n, at, arrived_at, source, payment, fulfilment, cancelled, legacy_state)
      select bench.shop_of(p), o, o * 4096 + 1024 * k, 0, bench.when(ms + k * 60000), bench.when(ms + k * 60000), 'server',
        case when k = 0 then 'none' else payment end, 'none', k = 1 and cancelled, case when k = 0 then 10 else 20 end
      from (select o, bench.buyer(o) as p, ${times} from ${range} o) g, generate_series(0, 1) k`,
    },
  ];
}

/** Row i of the journal is about an order twice in four times, else about an account or a consent of whom row i of the history is about. */
function journalFills({ profiles, rows }: Size): SlicedFill[] {
  const about = `i, (i % 4)::int as what, case when i % 4 < 2 then greatest(i / 4, 1) end as o,
    case when i % 4 < 2 then bench.buyer(greatest(i / 4, 1)) else bench.person(i) end as p, (bench.dice(i, 7) % 1000)::int as luck`;
  const outcome = `case when luck < 6 then 'unreadable' when luck < 16 then 'rejected' when luck < 40 then 'ignored' when luck < 200 then 'unchanged' else 'applied' end`;
  const since = (days: number): string => `bench.at(i) > bench.at(${rows}) - interval '${days} days'`;
  return [
    {
      table: 'journal',
      upTo: rows,
      sql: `insert into journal (shop_id, received_at, seq, source, format, kind, facts, outcome, reasons, effects, profile_id, order_id, settings_version, test)
      select bench.shop_of(p), bench.at(i), i * 1024, case when what = 3 then 'browser' else 'server' end,
        (array['v1/CreateOrder', 'v1/UpdateOrder', 'v1/UpdateAccount', 'track'])[what + 1], case when luck >= 6 then (array['order', 'order', 'account', 'consent'])[what + 1] end,
        case when luck >= 6 then (case when what < 2
          then format('[{"type":"order","person":{"email":"%s","fields":{"name":"Durand%s","firstname":"Camille","city":"Paris","country":"FR"},"custom":{}},"creating":%s,"order":{"key":"S%s","total":{"amount":"89.90"},"state":{"code":"20"}},"optIns":[]}]', bench.email(p), p % 977, (what = 0)::text, o)
          else format('[{"type":"%s","person":{"email":"%s","fields":{"name":"Durand%s","firstname":"Camille","city":"Paris","country":"FR"},"custom":{}}}]', case when what = 2 then 'account' else 'consent' end, bench.email(p), p % 977) end)::json end,
        ${outcome}, case when luck < 6 then '{shape.unreadable}'::text[] when luck < 16 then '{shape.no_order_key}' when luck < 40 then '{person.none}' when luck < 60 then '{order.state_unmapped}' else '{}' end,
        case when luck >= 40 then (case when what < 2
          then format('{"profile":{"id":%s,"created":false},"order":{"id":%s,"key":"S%s","created":%s,"state":{"payment":"paid","fulfilment":"none","cancelled":false,"legacy":20},"before":null,"validated":true,"totalMinor":8990,"currency":"EUR"},"bases":[]}', p, o, o, (what = 0)::text)
          else format('{"profile":{"id":%s,"created":false},"order":null,"bases":[{"profile":%s,"basis":1,"from":"unknown","to":"accepted","cause":"act"}]}', p, p) end)::json end,
        case when luck >= 40 then p end, case when luck >= 40 then o end, 1, luck = 999
      from (select ${about} from ${range} i) g`,
    },
    {
      table: 'journal_raw',
      upTo: rows,
      sql: `insert into journal_raw (shop_id, received_at, seq, headers, raw)
      select bench.shop_of(p), bench.at(i), i * 1024, '{"content-type":"application/x-www-form-urlencoded","user-agent":"PHP"}',
        convert_to(repeat('data%5Bcustomer_email%5D=' || bench.email(p) || '&', 5), 'UTF8')
      from (select ${about} from ${range} i where ${since(rawDays)}) g where luck >= 6`,
    },
    {
      table: 'journal_unread',
      upTo: rows,
      sql: `insert into journal_unread (shop_id, received_at, seq, headers, raw)
      select bench.shop_of(p), bench.at(i), i * 1024, null, convert_to(repeat('%%%&', 50), 'UTF8')
      from (select ${about} from ${range} i where ${since(unreadDays)}) g where luck < 6`,
    },
    {
      table: 'journal_subject',
      upTo: rows,
      sql: `insert into journal_subject (shop_id, subject, received_at, seq)
      select bench.shop_of(g.p), e.subject, bench.at(i), i * 1024 from (select ${about} from ${range} i) g join bench.email_subject e on e.p = g.p where luck >= 6
      union all
      select bench.shop_of(p), bench.subject(bench.shop_of(p) || ':order:S' || o), bench.at(i), i * 1024
      from (select ${about} from ${range} i where i % 4 = 0) g where luck >= 6`,
    },
    {
      // the last act about each basis of a person
      table: 'basis_act',
      upTo: rows,
      sql: `insert into basis_act (shop_id, profile_id, seq, n, basis_id, at, arrived_at, kind, toward, cause, source, channel, series, order_id, flags)
      select bench.shop_of(p), p, i * 1024, 0, bench.basis_id(b), bench.at(i), bench.at(i), 'set', bench.status(p, b, k),
        case when b < 2 then 'act' else 'auto' end, 'server', null, null, null, '{}'
      from (select i, bench.person(i) as p, ((i - 1) / ${profiles})::int % 6 as b, ((i - 1) / ${profiles})::int / 6 as k
        from ${range} i where i > ${profiles * 14}) g`,
    },
  ];
}

function ledgerFills({ profiles, rows }: Size): SlicedFill[] {
  const event = `i, bench.person(i) as p, ((i - 1) / ${profiles})::int % 6 as b, ((i - 1) / ${profiles})::int / 6 as k`;
  // the last row of basis number b lies in round 18 + b of a consent, 12 + b of a legal basis
  const last = `bench.first_row(p) + ${profiles} * (12 + b + case when b < 2 then 6 else 0 end)`;
  return [
    {
      table: 'basis_history',
      upTo: rows,
      sql: `insert into basis_history (shop_id, profile_id, basis_id, seq, n, from_status, to_status, cause, source, at, arrived_at, settings_version, channels,
        subject_key, text_version, evidence_hash, chain_n, leaf, chain_hash)
      select shop, p, bench.basis_id(b), i * 1024, 0, case when k = 0 then 'unknown' else bench.status(p, b, k - 1) end, bench.status(p, b, k),
        case when b < 2 then 'act' else 'auto' end, 'server', bench.at(i), bench.at(i), 1, case when b in (1, 5) then '{sms}'::text[] else '{email}' end,
        bench.subject_key(p), 1, case when k = 0 and b = 0 then sha256(convert_to('evidence ' || p, 'UTF8')) end,
        head + row_number() over (partition by shop order by i), sha256(convert_to('leaf ' || i, 'UTF8')), sha256(convert_to('link ' || i, 'UTF8'))
      from (select g.*, bench.shop_of(p) as shop from (select ${event} from ${range} i) g) g
      join (select s.id as shop_id, coalesce(h.n, 0) as head from shop s left join ledger_head h on h.shop_id = s.id) h on h.shop_id = g.shop`,
    },
    {
      table: 'consent_evidence',
      upTo: profiles,
      sql: `insert into consent_evidence (shop_id, subject_key, seq, n, salt, body)
      select bench.shop_of(bench.person(i)), bench.subject_key(bench.person(i)), i * 1024, 0, substring(sha256(convert_to(i::text, 'UTF8')) from 1 for 16),
        '{"page":"https://shop.example/checkout","wording":"Je souhaite recevoir les offres par e-mail","ip":"203.0.113.0"}'
      from ${range} i`,
    },
    {
      table: 'profile_basis',
      upTo: profiles,
      sql: `insert into profile_basis (shop_id, profile_id, basis_id, status, since, changed_at, activity_at, fold)
      select bench.shop_of(p), p, bench.basis_id(b), status, case when status = 'accepted' then bench.when(ms) end, bench.when(ms),
        case when b = 3 then bench.when(ms) end,
        case when status = 'accepted'
          then format('{"status":"accepted","since":%1$s,"refusal":null,"before":null,"lapsed":null,"last":{"at":%1$s,"order":4}}', ms)
          else format('{"status":"refused","since":null,"refusal":{"at":%1$s,"personal":false},"before":null,"lapsed":null,"last":{"at":%1$s,"order":6}}', ms) end::json
      from (select p, b, bench.ms(${last}) as ms, bench.status(p, b, case when b < 2 then 3 else 2 end) as status from ${range} p, generate_series(0, 5) b) g`,
    },
  ];
}
