/** Functions of schema `bench` that the fill's statements share: who, when and under which hash, each from a number. */
import type { KeyObject } from 'node:crypto';
import type { Keys } from '#store/secret.ts';
import { journalDays, type Size } from './size.ts';

const dayMs = 86_400_000;

/** `now`: ms; the newest row lies just before it. */
export function fillFunctions(size: Size, keys: Keys, now: number): string {
  const stepMs = Math.floor(((journalDays - 1) * dayMs) / size.rows);
  const start = now - stepMs * (size.rows + 1);
  return `
create function bench.start_ms() returns int8 language sql immutable return ${start};
-- the instant row i arrived
create function bench.ms(i int8) returns int8 language sql immutable return ${start} + i * ${stepMs};
create function bench.at(i int8) returns timestamptz language sql immutable return to_timestamp((${start} + i * ${stepMs})::float8 / 1000);
create function bench.when(ms int8) returns timestamptz language sql immutable return to_timestamp(ms::float8 / 1000);
-- a number from 0 on that looks thrown
create function bench.dice(i int8, kind int) returns int8 language sql immutable return hashint8extended(i, kind) & 9223372036854775807;
create function bench.shop_of(p int8) returns int language sql immutable
  return case when p % 10 < 8 then 1 when p % 10 = 8 then 2 else 3 + ((p / 10) % 8)::int end;
-- whom row i of the history is about, and the first row about a person
create function bench.person(i int8) returns int8 language sql immutable return ((i - 1) % ${size.profiles}) * ${size.step} % ${size.profiles} + 1;
create function bench.first_row(p int8) returns int8 language sql immutable return (p - 1) * ${size.back} % ${size.profiles} + 1;
-- a few people have hundreds of orders
create function bench.buyer(o int8) returns int8 language sql immutable
  return (${size.profiles} * power(bench.dice(o, 1)::float8 / 9223372036854775808, 1.5))::int8 % ${size.profiles} + 1;
create function bench.email(p int8) returns text language sql immutable return 'person' || p || '.of' || bench.shop_of(p) || '@example.com';
create function bench.subject_key(p int8) returns uuid language sql immutable return md5('subject ' || p)::uuid;
create function bench.address_hash(text) returns bytea language sql immutable return ${hmac(keys.address, '$1')};
create function bench.subject(text) returns int8 language sql immutable
  return ('x' || encode(substring(${hmac(keys.subject, '$1')} from 1 for 8), 'hex'))::bit(64)::int8;
-- status of basis number b (0 to 5: two consents, four legal bases) of a person after row r of its own rows
create function bench.status(p int8, b int, r int) returns text language sql immutable return case
  when b < 2 then case when (bench.dice(p, 10 + b) + r) % 2 = 0 then 'accepted' else 'refused' end
  when r = 0 then 'accepted' when r = 1 then 'unknown'
  when bench.dice(p, 10 + b) % 10 < 7 then 'accepted' else 'refused' end;
create function bench.basis_id(b int) returns int language sql immutable return (array[1, 2, 4, 5, 6, 7])[b + 1];
`;
}

/** HMAC-SHA-256 of a text, by hand: the embedded server has no pgcrypto. */
function hmac(key: KeyObject, text: string): string {
  const bytes = Buffer.alloc(64);
  key.export().copy(bytes);
  const pad = (value: number): string =>
    `'\\x${Buffer.from(bytes.map((byte) => byte ^ value)).toString('hex')}'::bytea`;
  return `sha256(${pad(0x5c)} || sha256(${pad(0x36)} || convert_to(${text}, 'UTF8')))`;
}
