/** Tables of connected stores and of calls that are answered once, as SQL answers them. Kept in step with migrations/. */
import type { Generated } from 'kysely';

export interface ConnectionTable {
  shop_id: number;
  id: Generated<number>;
  source: string;
  platform: string;
  store: string;
  name: string;
  secret: Buffer;
  old_secret: Buffer | null;
  old_secret_until: Date | null;
  address: string | null;
  credentials: Buffer | null;
  created_at: Date;
  created_by: string;
  fault: string | null;
  fault_at: Date | null;
  hook_url: string | null;
  repaired_at: Date | null;
  repaired_made: Generated<number>;
  repaired_woken: Generated<number>;
}

export interface ConnectionDayTable {
  shop_id: number;
  connection_id: number;
  day: string;
  received: number;
  refused: number;
  pings: number;
  last_at: Date | null;
  last_topic: string | null;
  last_lag_ms: number | null;
  refused_at: Date | null;
  refused_why: string | null;
}

export interface IdempotentCallTable {
  shop_id: number;
  key: Buffer;
  body: Buffer;
  since: Date;
  answer: string | null;
}

export interface PullTable {
  shop_id: number;
  connection_id: number;
  kind: string;
  state: string;
  cursor: string | null;
  since: Date | null;
  objects: Generated<number>;
  expected: number | null;
  next_at: Date;
  failures: Generated<number>;
  fault: string | null;
  started_at: Date;
  finished_at: Date | null;
  covered_to: Date | null;
  repaired: Generated<number>;
  repaired_at: Date | null;
  import_id: string | null;
}

export interface StoreRedactionTable {
  shop_id: number;
  store: string;
  name: string;
  asked_at: Date;
  after_id: Generated<number>;
  erased: Generated<number>;
  kept: Generated<number>;
  finished_at: Date | null;
}

export interface PullCountTable {
  shop_id: number;
  connection_id: number;
  kind: string;
  result: string;
  n: number;
}

export interface ConnectionTables {
  pull: PullTable;
  store_redaction: StoreRedactionTable;
  pull_count: PullCountTable;
  connection: ConnectionTable;
  connection_day: ConnectionDayTable;
  idempotent_call: IdempotentCallTable;
}
