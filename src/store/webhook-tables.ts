/** Tables of outgoing webhooks as SQL answers them. Kept in step with migrations/. */
import type { Generated } from 'kysely';

export interface WebhookEndpointTable {
  shop_id: number;
  id: Generated<number>;
  name: string;
  url: string;
  kinds: string[];
  secret: Buffer;
  old_secret: Buffer | null;
  old_secret_until: Date | null;
  created_at: Date;
  state: Generated<string>;
  paused_at: Date | null;
  paused_by: string | null;
  failures: Generated<number>;
  failing_since: Date | null;
  next_try_at: Date | null;
  leased_by: string | null;
  leased_until: Date | null;
}

export interface WebhookDeliveryTable {
  shop_id: number;
  id: Generated<number>;
  endpoint_id: number;
  message_id: string;
  kind: string;
  lane: number;
  profile_id: number | null;
  order_id: number | null;
  created_at: Date;
  body: string;
  state: Generated<string>;
  attempts: Generated<number>;
  failures: Generated<number>;
  first_tried_at: Date | null;
  next_try_at: Date;
  done_at: Date | null;
  replay: Generated<boolean>;
}

export interface WebhookAttemptTable {
  shop_id: number;
  delivery_id: number;
  n: number;
  at: Date;
  took_ms: number;
  status: number | null;
  failure: string | null;
  answer: string | null;
}

export interface WebhookTables {
  webhook_endpoint: WebhookEndpointTable;
  webhook_delivery: WebhookDeliveryTable;
  webhook_attempt: WebhookAttemptTable;
}
