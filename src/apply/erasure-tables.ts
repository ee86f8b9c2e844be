/** Tables whose rows about a person simply go at erasure; the check of personal data holds this list to `store/personal-data.ts`. */
import { hashAddress, type Keys } from '#store/secret.ts';
import type { ErasedPeople } from './erasure.ts';

export interface PersonTable {
  readonly table: string;
  readonly text: string;
  readonly values: (people: ErasedPeople, keys: Keys) => readonly unknown[];
}

/** In this order: what others are found by goes last. */
export const personTables: readonly PersonTable[] = [
  byProfile('basis_act'),
  byProfile('visitor_token'),
  byProfile('profile_identifier'),
  {
    table: 'cart',
    text: 'delete from cart where shop_id = $1 and (profile_id = any ($2::int8[]) or token = any ($3::text[]))',
    values: ({ shop, profiles, tokens }) => [shop, profiles, tokens],
  },
  {
    table: 'consent_evidence',
    text: 'delete from consent_evidence where shop_id = $1 and subject_key = any ($2::uuid[])',
    values: ({ shop, subjectKeys }) => [shop, subjectKeys],
  },
  {
    table: 'erased_subject',
    text: `insert into erased_subject (shop_id, subject_key, erased_at)
      select $1, k.subject_key, to_timestamp($3::float8 / 1000) from unnest($2::uuid[]) k(subject_key) on conflict do nothing`,
    values: ({ shop, subjectKeys, at }) => [shop, subjectKeys, at],
  },
  byProfile('confirmation'),
  byProfile('confirmation_ask'),
  byProfile('webhook_delivery'),
  byProfile('confirmation_ask'),
  byProfile('confirmation'),
  {
    table: 'webhook_delivery',
    text: 'delete from webhook_delivery where shop_id = $1 and profile_id is null and order_id = any ($2::int8[])',
    values: ({ shop, orders }) => [shop, orders],
  },
  {
    table: 'outbox',
    text: 'delete from outbox where of_shop = $1 and lower(btrim(to_address)) = any ($2::text[])',
    values: ({ shop, emails }) => [shop, emails],
  },
  {
    table: 'rights_request',
    text: `update rights_request set address_sealed = null, note_sealed = null, link_hash = null, code_hash = null
      where shop_id = $1 and address_hash = any ($2::bytea[])`,
    values: ({ shop, emails }, keys) => [shop, emails.map((email) => hashAddress(keys, shop, `email:${email}`))],
  },
  {
    // one that runs begins again, without them; what was searched for may be their address
    table: 'export_file',
    text: `update export_file set rows = 0, bytes = 0,
        state = case when state = 'running' and not filter ?| array['search', 'subject'] then 'waiting' else 'withdrawn' end,
        filter = case when state = 'running' and not filter ?| array['search', 'subject'] then filter end
      where shop_id = $1 and (state in ('running', 'ready') or state in ('direct', 'waiting') and filter ?| array['search', 'subject'])`,
    values: ({ shop }) => [shop],
  },
  {
    table: 'export_chunk',
    text: 'delete from export_chunk where shop_id = $1',
    values: ({ shop }) => [shop],
  },
  byProfile('profile', 'id'),
];

function byProfile(table: string, column = 'profile_id'): PersonTable {
  return {
    table,
    text: `delete from ${table} where shop_id = $1 and ${column} = any ($2::int8[])`,
    values: ({ shop, profiles }) => [shop, profiles],
  };
}
