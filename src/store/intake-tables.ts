/** Tables of what was received: waiting, parked, held, delivered. Kept in step with migrations/. */
import type { ColumnType, Generated } from 'kysely';

/** A journal sequence exceeds a number: select it as `seq::text`. */
type SeqColumn = ColumnType<number | bigint, bigint | string, bigint | string>;
type Time = ColumnType<Date, Date | string, Date | string>;
type Default<T> = Generated<T>;

export interface IntakeTable {
  shard: number;
  batch_id: number;
  lane: Default<number>;
  received_at: Time;
  n: number;
  body: Buffer;
}

export interface IntakeAppliedTable {
  shard: number;
  batch_id: number;
  applied_at: ColumnType<Date, Date | string | undefined, Date | string>;
}

export interface WebInstanceTable {
  number: number;
  leased_until: Time;
  holder: string;
}

export interface ParkedTable {
  shop_id: number;
  seq: SeqColumn;
  shard: number;
  received_at: Time;
  envelope: Buffer;
  error: string;
  attempts: Default<number>;
  next_try_at: Time;
}

export interface HeldOriginTable {
  shop_id: number;
  host: string;
  seq: SeqColumn;
  received_at: Time;
}

export interface PageHostTable {
  shop_id: number;
  host: string;
  first_seen: Time;
}

export interface DeliveryKeyTable {
  shop_id: number;
  key: string;
  seq: SeqColumn;
  received_at: Time;
}

export interface IntakeTables {
  intake: IntakeTable;
  intake_applied: IntakeAppliedTable;
  delivery_key: DeliveryKeyTable;
  web_instance: WebInstanceTable;
  parked: ParkedTable;
  held_origin: HeldOriginTable;
  page_host: PageHostTable;
}
