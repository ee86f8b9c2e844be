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

export interface ConnectionTables {
  connection: ConnectionTable;
  connection_day: ConnectionDayTable;
  idempotent_call: IdempotentCallTable;
}
