/** The tables as SQL answers them: int8 as number, timestamptz as Date, date as text. Kept in step with migrations/. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { AccountTables } from './account-tables.ts';
import type { ConnectionTables } from './connection-tables.ts';
import type { DeveloperTables } from './developer-tables.ts';
import type { IntakeTables } from './intake-tables.ts';
import type { LedgerTables } from './ledger-tables.ts';
import type { OrderTextColumn } from './order-columns.ts';
import type { WebhookTables } from './webhook-tables.ts';

export type Json<T = unknown> = JSONColumnType<T & object, string, string>;
type MaybeJson<T = unknown> = ColumnType<T | null, string | null | undefined, string | null>;
/** A journal sequence exceeds a number: select it as `seq::text`. */
export type SeqColumn = ColumnType<number | bigint, bigint | string, bigint | string>;
export type Time = ColumnType<Date, Date | string, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
type Default<T> = Generated<T>;
/** Made by the database from other columns. */
type Made<T> = ColumnType<T, never, never>;
export type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>;

export interface ShopTable {
  id: Default<number>;
  name: string;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  installed_at: MaybeTime;
  closed_at: MaybeTime;
  deleting_at: MaybeTime;
  demo: Default<boolean>;
  platform: Maybe<string>;
}

export interface ShopKeyTable {
  id: Default<number>;
  shop_id: number;
  name: string;
  public_key: string;
  private_hash: Buffer;
  private_sealed: Buffer;
  may_write: Default<boolean>;
  may_read: Default<boolean>;
  created_at: ColumnType<Date, Date | string | undefined, Date | string>;
  expires_at: MaybeTime;
  replaced_by: Maybe<number>;
}

export interface KeyUseTable {
  shop_id: number;
  key_id: number;
  day: string;
  calls: number;
  last_at: Time;
}

export interface ShopSettingsTable {
  shop_id: number;
  version: number;
  since_seq: SeqColumn;
  changed_at: Time;
  changed_by: Maybe<string>;
  body: Json;
}

export interface InstanceTable {
  key: string;
  value: Json;
}

export interface JournalTable {
  shop_id: number;
  received_at: Time;
  seq: SeqColumn;
  source: string;
  format: string;
  kind: Maybe<string>;
  facts: MaybeJson;
  outcome: string;
  reasons: Default<string[]>;
  effects: MaybeJson;
  profile_id: Maybe<number>;
  order_id: Maybe<number>;
  settings_version: Maybe<number>;
  test: Default<boolean>;
}

export interface JournalSubjectTable {
  shop_id: number;
  subject: SeqColumn;
  received_at: Time;
  seq: SeqColumn;
}

export interface SightingTable {
  shop_id: number;
  what: string;
  last_at: MaybeTime;
  test_at: MaybeTime;
}

export interface ArrivalHourTable {
  shop_id: number;
  hour: Time;
  outcome: string;
  reason: string;
  n: number;
  last_at: Time;
}

export interface UnmappedStateTable {
  shop_id: number;
  source: string;
  code: string;
  n: number;
  last_at: Time;
}

export interface RedecideTable {
  shop_id: number;
  after_id: number;
  total: number;
  done: number;
  started_at: Time;
  paused: Default<boolean>;
}

export interface JournalRawTable {
  shop_id: number;
  received_at: Time;
  seq: SeqColumn;
  headers: MaybeJson;
  raw: Buffer;
}

export interface JournalUnreadTable {
  shop_id: number;
  received_at: Time;
  seq: SeqColumn;
  headers: MaybeJson;
  raw: Buffer;
}

export interface ProfileTable {
  shop_id: number;
  id: number;
  created_at: Time;
  updated_at: Time;
  last_seen: Time;
  subject_key: string;
  email: Maybe<string>;
  email_norm: Maybe<string>;
  email_rank: Default<number>;
  email_at: MaybeTime;
  name: Maybe<string>;
  firstname: Maybe<string>;
  birthday: Maybe<string>;
  gender: Maybe<string>;
  address: Maybe<string>;
  address2: Maybe<string>;
  address3: Maybe<string>;
  zip: Maybe<string>;
  city: Maybe<string>;
  country: Maybe<string>;
  phone: Maybe<string>;
  phone_e164: Maybe<string>;
  mobile: Maybe<string>;
  mobile_e164: Maybe<string>;
  job: Maybe<string>;
  company: Maybe<string>;
  lang: Maybe<string>;
  customer_group: Maybe<string>;
  tags: Default<string[]>;
  custom: ColumnType<unknown, string | undefined, string>;
  stated: ColumnType<unknown, string | undefined, string>;
  records: ColumnType<unknown, string | undefined, string>;
  account_at: MaybeTime;
  merged_into: Maybe<number>;
  absorbed: Maybe<number[]>;
  updated_hour: Made<Date>;
  seen_month: Made<string>;
}

export interface ProfileIdentifierTable {
  shop_id: number;
  kind: string;
  namespace: string;
  value: string;
  profile_id: number;
  rank: number;
  since: Time;
  until: MaybeTime;
}

export interface VisitorTokenTable {
  shop_id: number;
  token: string;
  profile_id: number;
  verified: boolean;
  bound_at: Time;
}

export interface ObjectionTable {
  shop_id: number;
  address_hash: Buffer;
  channel: string;
  since: Time;
  cause: string;
  lifted_at: MaybeTime;
}

export interface AddressRefusalTable {
  shop_id: number;
  address_hash: Buffer;
  basis_id: number;
  at: Time;
  personal: boolean;
}

type OrderTextColumns = { [Column in OrderTextColumn]: Maybe<string> };

export interface OrdersTable extends OrderTextColumns {
  shop_id: number;
  id: number;
  namespace: string;
  key: string;
  number: Maybe<string>;
  profile_id: Maybe<number>;
  created_at: Time;
  updated_at: Time;
  placed_at: Time;
  day: string;
  currency: string;
  total_minor: Default<number>;
  net_minor: Default<number>;
  refunded_minor: Default<number>;
  payment: Default<string>;
  fulfilment: Default<string>;
  cancelled: Default<boolean>;
  legacy_state: number;
  validated: boolean;
  validated_at: MaybeTime;
  is_new: Default<boolean>;
  contact_email: Maybe<string>;
  tags: Default<string[]>;
  attributes: MaybeJson;
  items: MaybeJson;
  stated: Json;
  uplifted: Default<number[]>;
  updated_hour: Made<Date>;
}

export interface OrderStateHistoryTable {
  shop_id: number;
  order_id: number;
  seq: SeqColumn;
  n: number;
  at: Time;
  arrived_at: Time;
  source: string;
  payment: string;
  fulfilment: string;
  cancelled: boolean;
  legacy_state: number;
}

export interface CartTable {
  shop_id: number;
  ref: string;
  namespace: string;
  key: Maybe<string>;
  profile_id: Maybe<number>;
  token: Maybe<string>;
  status: string;
  since: Time;
  rank: number;
  at: Time;
  final: Default<boolean>;
  created_at: Time;
  updated_at: Time;
  currency: Maybe<string>;
  total_minor: Maybe<number>;
  count: Maybe<number>;
  items: MaybeJson;
  data: Json;
  order_id: Maybe<number>;
}

export interface BasisActTable {
  shop_id: number;
  profile_id: number;
  seq: SeqColumn;
  n: number;
  basis_id: number;
  at: Time;
  arrived_at: Time;
  kind: string;
  toward: string;
  cause: string;
  source: string;
  channel: Maybe<string>;
  series: Maybe<string>;
  order_id: Maybe<number>;
  flags: MaybeJson;
  void: Default<boolean>;
}

export interface ProfileBasisTable {
  shop_id: number;
  profile_id: number;
  basis_id: number;
  status: string;
  since: MaybeTime;
  changed_at: Time;
  activity_at: MaybeTime;
  fold: Json;
  held_day: Made<string>;
}

export interface DayCountTable {
  shop_id: number;
  day: string;
  what: string;
  key: string;
  n: number;
  minor: number;
}

export interface Database
  extends AccountTables,
    ConnectionTables,
    DeveloperTables,
    IntakeTables,
    LedgerTables,
    WebhookTables {
  shop: ShopTable;
  shop_key: ShopKeyTable;
  key_use: KeyUseTable;
  shop_settings: ShopSettingsTable;
  instance: InstanceTable;
  journal: JournalTable;
  journal_raw: JournalRawTable;
  journal_subject: JournalSubjectTable;
  sighting: SightingTable;
  arrival_hour: ArrivalHourTable;
  unmapped_state: UnmappedStateTable;
  redecide: RedecideTable;
  journal_unread: JournalUnreadTable;
  profile: ProfileTable;
  profile_identifier: ProfileIdentifierTable;
  visitor_token: VisitorTokenTable;
  objection: ObjectionTable;
  address_refusal: AddressRefusalTable;
  orders: OrdersTable;
  order_state_history: OrderStateHistoryTable;
  cart: CartTable;
  basis_act: BasisActTable;
  profile_basis: ProfileBasisTable;
  day_count: DayCountTable;
}
