-- Made from the catalogs by npm run generate; do not edit.

create table address_refusal (
  shop_id integer not null,
  address_hash bytea not null,
  basis_id integer not null,
  at timestamp with time zone not null,
  personal boolean not null,
  PRIMARY KEY (shop_id, address_hash, basis_id)
);

create table alarm (
  shop_id integer not null,
  kind text not null,
  since timestamp with time zone not null,
  figure integer not null,
  PRIMARY KEY (shop_id, kind),
  CHECK ((kind = ANY (ARRAY['silent'::text, 'errors'::text, 'old_key'::text, 'store'::text])))
);

create table app_user (
  id text not null,
  name text not null,
  email text not null,
  email_verified boolean not null default false,
  image text,
  lang text,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  instance_admin boolean not null default false,
  UNIQUE (email),
  PRIMARY KEY (id)
);

create table arrival_hour (
  shop_id integer not null,
  hour timestamp with time zone not null,
  outcome text not null,
  reason text not null,
  n bigint not null,
  last_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, hour, outcome, reason)
) with (fillfactor=50);

create table audit (
  of_shop integer,
  id bigint not null generated always as identity,
  at timestamp with time zone not null,
  user_id text,
  action text not null,
  detail jsonb,
  who text,
  kind text not null,
  profile_id bigint,
  PRIMARY KEY (id),
  CHECK ((kind = ANY (ARRAY['change'::text, 'reveal'::text, 'send'::text, 'export'::text, 'erase'::text, 'people'::text])))
);

create table backup_code (
  user_id text not null,
  code_hash bytea not null,
  PRIMARY KEY (user_id, code_hash),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
);

create table basis_act (
  shop_id integer not null,
  profile_id bigint not null,
  seq bigint not null,
  n smallint not null,
  basis_id integer not null,
  at timestamp with time zone not null,
  arrived_at timestamp with time zone not null,
  kind text not null,
  toward text not null,
  cause text not null,
  source text not null,
  channel text,
  series text,
  order_id bigint,
  flags json,
  void boolean not null default false,
  PRIMARY KEY (shop_id, profile_id, seq, n)
);

create table basis_count (
  shop_id integer not null,
  basis_id integer not null,
  status text not null,
  n bigint not null,
  PRIMARY KEY (shop_id, basis_id, status)
) with (fillfactor=50);

create table basis_history (
  shop_id integer not null,
  profile_id bigint not null,
  basis_id integer not null,
  seq bigint not null,
  n smallint not null,
  from_status text not null,
  to_status text not null,
  cause text not null,
  source text not null,
  at timestamp with time zone not null,
  arrived_at timestamp with time zone not null,
  settings_version integer not null,
  channels text[] not null,
  subject_key uuid not null,
  text_version integer,
  evidence_hash bytea,
  chain_n bigint,
  leaf bytea,
  chain_hash bytea,
  PRIMARY KEY (shop_id, profile_id, basis_id, seq, n) INCLUDE (to_status)
);

create table cart (
  shop_id integer not null,
  ref text not null,
  namespace text not null,
  key text,
  profile_id bigint,
  token text,
  status text not null,
  since timestamp with time zone not null,
  rank smallint not null,
  at timestamp with time zone not null,
  final boolean not null default false,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  currency text,
  total_minor bigint,
  count bigint,
  items json,
  data json not null default '{}'::json,
  order_id bigint,
  PRIMARY KEY (shop_id, ref)
) with (fillfactor=85);

create table confirmation (
  shop_id integer not null,
  token_hash bytea not null,
  profile_id bigint not null,
  basis_id integer not null,
  address_hash bytea not null,
  sent_at timestamp with time zone not null,
  ends_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  PRIMARY KEY (shop_id, token_hash)
);

create table confirmation_ask (
  shop_id integer not null,
  profile_id bigint not null,
  basis_id integer not null,
  asked_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, profile_id, basis_id)
);

create table connection (
  shop_id integer not null,
  id integer not null generated always as identity,
  source text not null,
  platform text not null,
  store text not null,
  name text not null,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamp with time zone,
  address text,
  credentials bytea,
  created_at timestamp with time zone not null,
  created_by text not null,
  fault text,
  fault_at timestamp with time zone,
  hook_url text,
  repaired_at timestamp with time zone,
  repaired_made integer not null default 0,
  repaired_woken integer not null default 0,
  PRIMARY KEY (shop_id, id)
);

create table connection_day (
  shop_id integer not null,
  connection_id integer not null,
  day date not null,
  received bigint not null default 0,
  refused bigint not null default 0,
  pings bigint not null default 0,
  last_at timestamp with time zone,
  last_topic text,
  last_lag_ms bigint,
  refused_at timestamp with time zone,
  refused_why text,
  PRIMARY KEY (shop_id, connection_id, day)
);

create table consent_evidence (
  shop_id integer not null,
  subject_key uuid not null,
  seq bigint not null,
  n smallint not null,
  salt bytea not null,
  body json not null,
  PRIMARY KEY (shop_id, subject_key, seq, n)
);

create table day_count (
  shop_id integer not null,
  day date not null,
  what text not null,
  key text not null,
  n bigint not null,
  minor bigint not null default 0,
  PRIMARY KEY (shop_id, day, what, key)
) with (fillfactor=70);

create table delivery_key (
  shop_id integer not null,
  key text not null,
  seq bigint not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, key)
);

create table developer_invitation (
  shop_id integer not null,
  id integer not null generated always as identity,
  email text not null,
  lang text not null,
  note text,
  may_read boolean not null,
  key_id integer not null,
  token_hash bytea not null,
  mail_id text not null,
  invited_by text not null,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  opened_at timestamp with time zone,
  seen_at timestamp with time zone,
  revoked_at timestamp with time zone,
  codes_at timestamp with time zone[] not null default '{}'::timestamp with time zone[],
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (shop_id) REFERENCES shop(id)
);

create table developer_session (
  shop_id integer not null,
  token_hash bytea not null,
  invitation_id integer not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  code_hash bytea,
  code_until timestamp with time zone,
  code_tries integer not null default 0,
  proved_at timestamp with time zone,
  PRIMARY KEY (shop_id, token_hash)
);

create table erased_key (
  shop_id integer not null,
  key_hash bytea not null,
  erased_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, key_hash)
);

create table erased_subject (
  shop_id integer not null,
  subject_key uuid not null,
  erased_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, subject_key)
);

create table erasure (
  shop_id integer not null,
  id bigint not null generated always as identity,
  profile_id bigint not null,
  erased_at timestamp with time zone not null,
  source text not null,
  terms bytea,
  swept_at timestamp with time zone,
  logged_at timestamp with time zone,
  PRIMARY KEY (shop_id, id)
);

create table export_chunk (
  shop_id integer not null,
  export_id uuid not null,
  n integer not null,
  bytes bytea not null,
  PRIMARY KEY (shop_id, export_id, n),
  FOREIGN KEY (shop_id, export_id) REFERENCES export_file(shop_id, id) ON DELETE CASCADE
);

create table export_file (
  shop_id integer not null,
  id uuid not null,
  kind text not null,
  format text not null,
  lang text not null,
  scope text not null,
  filter jsonb,
  file_name text not null,
  state text not null,
  rows bigint not null default 0,
  bytes bigint not null default 0,
  asked_by text not null,
  created_at timestamp with time zone not null,
  ready_at timestamp with time zone,
  expires_at timestamp with time zone,
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (asked_by) REFERENCES app_user(id) ON DELETE CASCADE,
  FOREIGN KEY (shop_id) REFERENCES shop(id),
  CHECK ((state = ANY (ARRAY['direct'::text, 'waiting'::text, 'running'::text, 'ready'::text, 'expired'::text, 'withdrawn'::text, 'failed'::text])))
);

create table held_origin (
  shop_id integer not null,
  host text not null,
  seq bigint not null,
  received_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, host, seq)
);

create table history_checkpoint (
  shop_id integer not null,
  chain_n bigint not null,
  leaf bytea not null,
  chain_hash bytea not null,
  forgotten_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, chain_n)
);

create table idempotent_call (
  shop_id integer not null,
  key bytea not null,
  body bytea not null,
  since timestamp with time zone not null,
  answer text,
  PRIMARY KEY (shop_id, key)
);

create table import (
  shop_id integer not null,
  id uuid not null,
  kind text not null,
  state text not null default 'uploading'::text,
  file_name text not null,
  size bigint not null,
  received bigint not null default 0,
  setup jsonb,
  look jsonb,
  forecast jsonb,
  lines bigint not null default 0,
  read_bytes bigint not null default 0,
  fault text,
  created_by text not null,
  created_at timestamp with time zone not null,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  forgotten_at timestamp with time zone,
  undone jsonb,
  auto jsonb,
  push_key bytea,
  content_hash bytea,
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (shop_id) REFERENCES shop(id),
  CHECK ((kind = ANY (ARRAY['profiles'::text, 'orders'::text, 'states'::text, 'consents'::text, 'history'::text]))),
  CHECK ((state = ANY (ARRAY['uploading'::text, 'reading'::text, 'ready'::text, 'checking'::text, 'running'::text, 'stopping'::text, 'stopped'::text, 'done'::text, 'failed'::text, 'undoing'::text, 'undone'::text])))
);

create table import_applied (
  shop_id integer not null,
  import_id uuid not null,
  block integer not null,
  lines bit(4096) not null,
  PRIMARY KEY (shop_id, import_id, block)
);

create table import_chunk (
  shop_id integer not null,
  import_id uuid not null,
  part text not null,
  at bigint not null,
  bytes bytea not null,
  PRIMARY KEY (shop_id, import_id, part, at),
  CHECK ((part = ANY (ARRAY['file'::text, 'report'::text])))
);

create table import_count (
  shop_id integer not null,
  import_id uuid not null,
  result text not null,
  reason text not null,
  n bigint not null,
  PRIMARY KEY (shop_id, import_id, result, reason)
);

create table import_line (
  shop_id integer not null,
  import_id uuid not null,
  line bigint not null,
  result text not null,
  reasons text[] not null,
  said text,
  PRIMARY KEY (shop_id, import_id, line)
);

create table import_source (
  shop_id integer not null,
  id integer not null generated always as identity,
  name text not null,
  kind text not null,
  template text not null,
  address text not null,
  user_name text not null,
  credentials bytea,
  host_key text,
  host_key_shown text,
  every text not null,
  hour integer not null,
  weekday integer not null,
  notify_user text not null,
  next_at timestamp with time zone not null,
  asked_at timestamp with time zone,
  paused_at timestamp with time zone,
  mark text,
  content_hash bytea,
  failures integer not null default 0,
  fault text,
  told_fault text,
  created_by text not null,
  created_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (shop_id) REFERENCES shop(id),
  CHECK ((every = ANY (ARRAY['hour'::text, 'day'::text, 'week'::text]))),
  CHECK ((kind = ANY (ARRAY['profiles'::text, 'orders'::text, 'states'::text, 'consents'::text])))
);

create table import_source_run (
  shop_id integer not null,
  source_id integer not null,
  at timestamp with time zone not null,
  outcome text not null,
  fault text,
  import_id uuid,
  PRIMARY KEY (shop_id, source_id, at),
  CHECK ((outcome = ANY (ARRAY['importing'::text, 'done'::text, 'same'::text, 'stopped'::text, 'failed'::text])))
);

create table import_template (
  shop_id integer not null,
  kind text not null,
  name text not null,
  setup jsonb not null,
  headers text[],
  PRIMARY KEY (shop_id, kind, name),
  FOREIGN KEY (shop_id) REFERENCES shop(id)
);

create table instance (
  key text not null,
  value jsonb not null,
  PRIMARY KEY (key)
);

create table intake (
  shard smallint not null,
  batch_id bigint not null,
  lane smallint not null default 0,
  received_at timestamp with time zone not null,
  n integer not null,
  body bytea not null,
  PRIMARY KEY (shard, lane, batch_id)
) with (autovacuum_vacuum_scale_factor=0, autovacuum_vacuum_threshold=2000);

create table intake_applied (
  shard smallint not null,
  batch_id bigint not null,
  applied_at timestamp with time zone not null default now(),
  PRIMARY KEY (shard, batch_id)
);

create table job_run (
  name text not null,
  started_at timestamp with time zone not null,
  ended_at timestamp with time zone not null,
  fault text,
  failed_at timestamp with time zone,
  PRIMARY KEY (name)
);

create table journal (
  shop_id integer not null,
  received_at timestamp with time zone not null,
  seq bigint not null,
  source text not null,
  format text not null,
  kind text,
  facts json,
  outcome text not null,
  reasons text[] not null default '{}'::text[],
  effects json,
  profile_id bigint,
  order_id bigint,
  settings_version integer,
  test boolean not null default false,
  PRIMARY KEY (shop_id, received_at, seq)
) partition by RANGE (received_at);

create table journal_raw (
  shop_id integer not null,
  received_at timestamp with time zone not null,
  seq bigint not null,
  headers json,
  raw bytea not null,
  PRIMARY KEY (shop_id, received_at, seq)
) partition by RANGE (received_at);

create table journal_subject (
  shop_id integer not null,
  subject bigint not null,
  received_at timestamp with time zone not null,
  seq bigint not null,
  PRIMARY KEY (shop_id, subject, received_at, seq)
) partition by RANGE (received_at);

create table journal_unread (
  shop_id integer not null,
  received_at timestamp with time zone not null,
  seq bigint not null,
  headers json,
  raw bytea not null,
  PRIMARY KEY (shop_id, received_at, seq)
) partition by RANGE (received_at);

create table key_use (
  shop_id integer not null,
  key_id integer not null,
  day date not null,
  calls bigint not null,
  last_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, key_id, day)
);

create table ledger_head (
  shop_id integer not null,
  n bigint not null,
  hash bytea not null,
  PRIMARY KEY (shop_id)
) with (fillfactor=50);

create table migration (
  number integer not null,
  name text not null,
  app_role text,
  applied_at timestamp with time zone not null default now(),
  PRIMARY KEY (number)
);

create table module_sign_in (
  shop_id integer not null,
  user_id text not null,
  allowed_at timestamp with time zone not null default now(),
  PRIMARY KEY (shop_id),
  FOREIGN KEY (shop_id) REFERENCES shop(id),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
);

create table objection (
  shop_id integer not null,
  address_hash bytea not null,
  channel text not null,
  since timestamp with time zone not null,
  cause text not null,
  lifted_at timestamp with time zone,
  PRIMARY KEY (shop_id, address_hash, channel)
);

create table order_state_history (
  shop_id integer not null,
  order_id bigint not null,
  seq bigint not null,
  n smallint not null,
  at timestamp with time zone not null,
  arrived_at timestamp with time zone not null,
  source text not null,
  payment text not null,
  fulfilment text not null,
  cancelled boolean not null,
  legacy_state smallint not null,
  PRIMARY KEY (shop_id, order_id, seq, n)
);

create table orders (
  shop_id integer not null,
  id bigint not null,
  namespace text not null,
  key text not null,
  number text,
  profile_id bigint,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  placed_at timestamp with time zone not null,
  day date not null,
  currency text not null,
  total_minor bigint not null default 0,
  net_minor bigint not null default 0,
  refunded_minor bigint not null default 0,
  payment text not null default 'none'::text,
  fulfilment text not null default 'none'::text,
  cancelled boolean not null default false,
  legacy_state smallint not null,
  validated boolean not null,
  validated_at timestamp with time zone,
  is_new boolean not null default false,
  contact_email text,
  invoice_number text,
  service_start text,
  service_end text,
  tags text[] not null default '{}'::text[],
  attributes json,
  items json,
  stated json not null,
  uplifted bigint[] not null default '{}'::bigint[],
  updated_hour timestamp without time zone generated always as (date_trunc('hour'::text, (updated_at AT TIME ZONE 'UTC'::text))) stored,
  PRIMARY KEY (shop_id, id)
) with (fillfactor=85);

create table outbox (
  id text not null,
  of_shop integer,
  kind text not null,
  to_address text not null,
  lang text not null,
  sealed bytea,
  state text not null default 'waiting'::text,
  tries integer not null default 0,
  fault text,
  created_at timestamp with time zone not null,
  next_try_at timestamp with time zone not null,
  sent_at timestamp with time zone,
  PRIMARY KEY (id),
  CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'refused'::text, 'given_up'::text])))
);

create table page_host (
  shop_id integer not null,
  host text not null,
  first_seen timestamp with time zone not null,
  PRIMARY KEY (shop_id, host)
);

create table parked (
  shop_id integer not null,
  seq bigint not null,
  shard smallint not null,
  received_at timestamp with time zone not null,
  envelope bytea not null,
  error text not null,
  attempts integer not null default 1,
  next_try_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, seq)
);

create table person_access (
  shop_id integer not null,
  id text not null,
  asked_at timestamp with time zone not null,
  lang text not null,
  address_hash bytea not null,
  address bytea not null,
  code_hash bytea,
  mailed boolean not null default false,
  tries smallint not null default 0,
  opened_at timestamp with time zone,
  session_hash bytea,
  session_ends_at timestamp with time zone,
  PRIMARY KEY (shop_id, id)
);

create table profile (
  shop_id integer not null,
  id bigint not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  last_seen timestamp with time zone not null,
  subject_key uuid not null,
  email text,
  email_norm text,
  email_rank smallint not null default 0,
  email_at timestamp with time zone,
  name text,
  firstname text,
  birthday text,
  gender text,
  address text,
  address2 text,
  address3 text,
  zip text,
  city text,
  country text,
  phone text,
  phone_e164 text,
  mobile text,
  mobile_e164 text,
  job text,
  company text,
  lang text,
  customer_group text,
  tags text[] not null default '{}'::text[],
  custom jsonb not null default '{}'::jsonb,
  stated json not null default '{}'::json,
  records json not null default '{}'::json,
  account_at timestamp with time zone,
  merged_into bigint,
  updated_hour timestamp without time zone generated always as (date_trunc('hour'::text, (updated_at AT TIME ZONE 'UTC'::text))) stored,
  seen_month date generated always as ((date_trunc('month'::text, (last_seen AT TIME ZONE 'UTC'::text)))::date) stored,
  absorbed bigint[],
  PRIMARY KEY (shop_id, id)
) with (fillfactor=85);

create table profile_basis (
  shop_id integer not null,
  profile_id bigint not null,
  basis_id integer not null,
  status text not null,
  since timestamp with time zone,
  changed_at timestamp with time zone not null,
  activity_at timestamp with time zone,
  fold json not null,
  held_day date not null generated always as (COALESCE(((GREATEST(activity_at, since) AT TIME ZONE 'UTC'::text))::date, '1970-01-01'::date)) stored,
  PRIMARY KEY (shop_id, profile_id, basis_id) INCLUDE (status, since)
) with (fillfactor=85);

create table profile_identifier (
  shop_id integer not null,
  kind text not null,
  namespace text not null,
  value text not null,
  profile_id bigint not null,
  rank smallint not null,
  since timestamp with time zone not null,
  until timestamp with time zone,
  PRIMARY KEY (shop_id, kind, value, namespace, profile_id)
);

create table pull (
  shop_id integer not null,
  connection_id integer not null,
  kind text not null,
  state text not null,
  cursor text,
  since timestamp with time zone,
  objects bigint not null default 0,
  expected bigint,
  next_at timestamp with time zone not null,
  failures integer not null default 0,
  fault text,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  covered_to timestamp with time zone,
  repaired bigint not null default 0,
  repaired_at timestamp with time zone,
  import_id uuid,
  PRIMARY KEY (shop_id, connection_id, kind),
  CHECK ((kind = ANY (ARRAY['history'::text, 'reconcile'::text]))),
  CHECK ((state = ANY (ARRAY['running'::text, 'done'::text, 'stopped'::text, 'failed'::text])))
);

create table pull_count (
  shop_id integer not null,
  connection_id integer not null,
  kind text not null,
  result text not null,
  n bigint not null,
  PRIMARY KEY (shop_id, connection_id, kind, result)
);

create table redecide (
  shop_id integer not null,
  after_id bigint not null,
  total bigint not null,
  done bigint not null,
  started_at timestamp with time zone not null default now(),
  paused boolean not null default false,
  PRIMARY KEY (shop_id)
);

create table retention_run (
  shop_id integer not null,
  kind text not null,
  ran_at timestamp with time zone not null,
  gone bigint not null,
  gone_ever bigint not null,
  PRIMARY KEY (shop_id, kind)
);

create table rights_request (
  shop_id integer not null,
  id bigint not null generated always as identity,
  kind text not null,
  state text not null,
  came_by text not null,
  received_at timestamp with time zone not null,
  due_at timestamp with time zone not null,
  extended_at timestamp with time zone,
  lang text not null,
  address_hash bytea not null,
  address_sealed bytea,
  note_sealed bytea,
  link_hash bytea,
  code_hash bytea,
  code_until timestamp with time zone,
  code_tries smallint not null default 0,
  code_sent smallint not null default 0,
  verified_at timestamp with time zone,
  verified_how text,
  closed_at timestamp with time zone,
  refusal text,
  PRIMARY KEY (shop_id, id),
  CHECK ((came_by = ANY (ARRAY['page'::text, 'mail'::text, 'letter'::text, 'phone'::text, 'desk'::text, 'api'::text]))),
  CHECK ((kind = ANY (ARRAY['access'::text, 'rectification'::text, 'erasure'::text, 'objection'::text]))),
  CHECK ((state = ANY (ARRAY['open'::text, 'verified'::text, 'done'::text, 'refused'::text]))),
  CHECK ((verified_how = ANY (ARRAY['link'::text, 'code'::text, 'staff'::text])))
);

create table rights_step (
  shop_id integer not null,
  request_id bigint not null,
  n integer not null,
  at timestamp with time zone not null,
  by text not null,
  what text not null,
  detail json,
  PRIMARY KEY (shop_id, request_id, n),
  FOREIGN KEY (shop_id, request_id) REFERENCES rights_request(shop_id, id) ON DELETE CASCADE
);

create table second_factor (
  user_id text not null,
  secret bytea not null,
  created_at timestamp with time zone not null,
  confirmed_at timestamp with time zone,
  last_step bigint not null default 0,
  failed integer not null default 0,
  locked_until timestamp with time zone,
  PRIMARY KEY (user_id),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
);

create table shop (
  id integer not null generated always as identity,
  name text not null,
  created_at timestamp with time zone not null default now(),
  installed_at timestamp with time zone,
  demo boolean not null default false,
  platform text,
  closed_at timestamp with time zone,
  deleting_at timestamp with time zone,
  PRIMARY KEY (id)
);

create table shop_invitation (
  shop_id integer not null,
  id bigint not null generated always as identity,
  email text not null,
  role text not null,
  lang text not null,
  token_hash bytea not null,
  invited_by text,
  created_at timestamp with time zone not null,
  sent_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  mail_id text not null,
  UNIQUE (shop_id, email),
  PRIMARY KEY (shop_id, id),
  FOREIGN KEY (invited_by) REFERENCES app_user(id) ON DELETE SET NULL,
  FOREIGN KEY (shop_id) REFERENCES shop(id),
  CHECK ((role = ANY (ARRAY['administrator'::text, 'user'::text, 'developer'::text, 'accountant'::text, 'support'::text])))
);

create table shop_key (
  id integer not null generated always as identity,
  shop_id integer not null,
  name text not null,
  public_key text not null,
  private_hash bytea not null,
  private_sealed bytea not null,
  may_write boolean not null default true,
  may_read boolean not null default true,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone,
  replaced_by integer,
  UNIQUE (public_key),
  PRIMARY KEY (id),
  FOREIGN KEY (shop_id) REFERENCES shop(id)
);

create table shop_member (
  shop_id integer not null,
  user_id text not null,
  created_at timestamp with time zone not null default now(),
  role text not null,
  alarms text[] not null default '{}'::text[],
  PRIMARY KEY (shop_id, user_id),
  FOREIGN KEY (shop_id) REFERENCES shop(id),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE,
  CHECK ((alarms <@ ARRAY['silent'::text, 'errors'::text, 'old_key'::text, 'store'::text])),
  CHECK ((role = ANY (ARRAY['administrator'::text, 'user'::text, 'developer'::text, 'accountant'::text, 'support'::text])))
);

create table shop_settings (
  shop_id integer not null,
  version integer not null,
  since_seq bigint not null,
  changed_at timestamp with time zone not null,
  changed_by text,
  body jsonb not null,
  PRIMARY KEY (shop_id, version)
);

create table sighting (
  shop_id integer not null,
  what text not null,
  last_at timestamp with time zone,
  test_at timestamp with time zone,
  PRIMARY KEY (shop_id, what)
) with (fillfactor=50);

create table sign_in_challenge (
  token_hash bytea not null,
  user_id text not null,
  expires_at timestamp with time zone not null,
  PRIMARY KEY (token_hash),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
);

create table sign_in_link (
  token_hash bytea not null,
  user_id text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  purpose text not null default 'sign_in'::text,
  skips_second_factor boolean not null default false,
  PRIMARY KEY (token_hash),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE,
  CHECK ((purpose = ANY (ARRAY['sign_in'::text, 'reset'::text])))
);

create table store_redaction (
  shop_id integer not null,
  store text not null,
  name text not null,
  asked_at timestamp with time zone not null,
  after_id bigint not null default 0,
  erased bigint not null default 0,
  kept bigint not null default 0,
  finished_at timestamp with time zone,
  PRIMARY KEY (shop_id, store, asked_at)
);

create table tracker_release (
  file text not null,
  code bytea not null,
  first_at timestamp with time zone not null,
  PRIMARY KEY (file)
);

create table unmapped_state (
  shop_id integer not null,
  source text not null,
  code text not null,
  n bigint not null,
  last_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, source, code)
);

create table user_account (
  id text not null,
  user_id text not null,
  account_id text not null,
  provider_id text not null,
  password text,
  access_token text,
  refresh_token text,
  id_token text,
  access_token_expires_at timestamp with time zone,
  refresh_token_expires_at timestamp with time zone,
  scope text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  UNIQUE (provider_id, account_id),
  PRIMARY KEY (id),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
);

create table user_session (
  id text not null,
  user_id text not null,
  token text not null,
  expires_at timestamp with time zone not null,
  ip_address text,
  user_agent text,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  UNIQUE (token),
  PRIMARY KEY (id),
  FOREIGN KEY (user_id) REFERENCES app_user(id) ON DELETE CASCADE
);

create table user_verification (
  id text not null,
  identifier text not null,
  value text not null,
  expires_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  PRIMARY KEY (id)
);

create table visitor_token (
  shop_id integer not null,
  token text not null,
  profile_id bigint not null,
  verified boolean not null,
  bound_at timestamp with time zone not null,
  PRIMARY KEY (shop_id, token)
);

create table web_instance (
  number integer not null,
  leased_until timestamp with time zone not null,
  holder text not null,
  PRIMARY KEY (number)
);

create table webhook_attempt (
  shop_id integer not null,
  delivery_id bigint not null,
  n integer not null,
  at timestamp with time zone not null,
  took_ms integer not null,
  status integer,
  failure text,
  answer text,
  PRIMARY KEY (shop_id, delivery_id, n),
  FOREIGN KEY (shop_id, delivery_id) REFERENCES webhook_delivery(shop_id, id) ON DELETE CASCADE
);

create table webhook_delivery (
  shop_id integer not null,
  id bigint not null generated always as identity,
  endpoint_id integer not null,
  message_id text not null,
  kind text not null,
  lane bigint not null,
  profile_id bigint,
  order_id bigint,
  created_at timestamp with time zone not null,
  body text not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  failures integer not null default 0,
  first_tried_at timestamp with time zone,
  next_try_at timestamp with time zone not null,
  done_at timestamp with time zone,
  replay boolean not null default false,
  PRIMARY KEY (shop_id, id)
);

create table webhook_endpoint (
  shop_id integer not null,
  id integer not null generated always as identity,
  name text not null,
  url text not null,
  kinds text[] not null,
  secret bytea not null,
  old_secret bytea,
  old_secret_until timestamp with time zone,
  created_at timestamp with time zone not null,
  state text not null default 'active'::text,
  paused_at timestamp with time zone,
  paused_by text,
  failures integer not null default 0,
  failing_since timestamp with time zone,
  next_try_at timestamp with time zone,
  leased_by text,
  leased_until timestamp with time zone,
  PRIMARY KEY (shop_id, id)
);


CREATE INDEX audit_kind ON public.audit USING btree (of_shop, kind, id);
CREATE INDEX audit_shop ON public.audit USING btree (of_shop, id);
CREATE INDEX audit_user ON public.audit USING btree (of_shop, user_id, id);
CREATE UNIQUE INDEX basis_history_chain ON public.basis_history USING btree (shop_id, chain_n) WHERE (chain_n IS NOT NULL);
CREATE INDEX cart_open ON public.cart USING btree (shop_id, at) WHERE (status = 'open'::text);
CREATE INDEX cart_order ON public.cart USING btree (shop_id, order_id) WHERE (order_id IS NOT NULL);
CREATE INDEX cart_profile ON public.cart USING btree (shop_id, profile_id) WHERE (profile_id IS NOT NULL);
CREATE INDEX cart_token ON public.cart USING btree (shop_id, token) WHERE (token IS NOT NULL);
CREATE INDEX cart_updated ON public.cart USING btree (shop_id, updated_at);
CREATE INDEX confirmation_address ON public.confirmation USING btree (shop_id, address_hash, sent_at);
CREATE INDEX confirmation_ask_age ON public.confirmation_ask USING btree (asked_at);
CREATE INDEX confirmation_profile ON public.confirmation USING btree (shop_id, profile_id, basis_id, sent_at);
CREATE INDEX confirmation_sent ON public.confirmation USING btree (shop_id, sent_at);
CREATE INDEX delivery_key_received ON public.delivery_key USING brin (received_at);
CREATE INDEX developer_session_invitation ON public.developer_session USING btree (shop_id, invitation_id);
CREATE INDEX erasure_unlogged ON public.erasure USING btree (id) WHERE (logged_at IS NULL);
CREATE INDEX erasure_waiting ON public.erasure USING btree (erased_at) WHERE (swept_at IS NULL);
CREATE INDEX export_file_due ON public.export_file USING btree (created_at) WHERE (state = ANY (ARRAY['waiting'::text, 'running'::text]));
CREATE INDEX export_file_expiring ON public.export_file USING btree (expires_at) WHERE (state = ANY (ARRAY['direct'::text, 'ready'::text]));
CREATE INDEX export_file_old ON public.export_file USING btree (created_at);
CREATE INDEX export_file_since ON public.export_file USING btree (shop_id, asked_by, created_at DESC);
CREATE INDEX idempotent_call_since ON public.idempotent_call USING btree (shop_id, since);
CREATE INDEX import_content ON public.import USING btree (shop_id, content_hash) WHERE (content_hash IS NOT NULL);
CREATE INDEX import_histories ON public.import USING btree (state) WHERE (kind = 'history'::text);
CREATE UNIQUE INDEX import_push ON public.import USING btree (shop_id, push_key);
CREATE INDEX import_since ON public.import USING btree (shop_id, created_at DESC);
CREATE INDEX journal_kind ON ONLY public.journal USING btree (shop_id, kind, received_at, seq);
CREATE INDEX journal_test ON ONLY public.journal USING btree (shop_id, received_at) WHERE test;
CREATE INDEX journal_trouble ON ONLY public.journal USING btree (shop_id, outcome, received_at, seq) WHERE (outcome <> 'applied'::text);
CREATE INDEX objection_since ON public.objection USING btree (shop_id, since DESC);
CREATE INDEX objection_standing ON public.objection USING btree (shop_id) WHERE (lifted_at IS NULL);
CREATE INDEX orders_created ON public.orders USING btree (shop_id, created_at, id);
CREATE INDEX orders_day ON public.orders USING btree (shop_id, day, created_at, id, placed_at);
CREATE UNIQUE INDEX orders_key ON public.orders USING btree (shop_id, key, namespace);
CREATE INDEX orders_number ON public.orders USING btree (shop_id, number) WHERE (number IS NOT NULL);
CREATE INDEX orders_placed ON public.orders USING btree (shop_id, placed_at, id);
CREATE INDEX orders_profile ON public.orders USING btree (shop_id, profile_id) INCLUDE (validated, placed_at) WHERE (profile_id IS NOT NULL);
CREATE INDEX orders_updated ON public.orders USING btree (shop_id, updated_hour, created_at, id);
CREATE INDEX outbox_address ON public.outbox USING btree (of_shop, lower(btrim(to_address)));
CREATE INDEX outbox_due ON public.outbox USING btree (next_try_at) WHERE (state = 'waiting'::text);
CREATE INDEX outbox_shop ON public.outbox USING btree (of_shop, created_at, id);
CREATE INDEX parked_due ON public.parked USING btree (shard, next_try_at);
CREATE INDEX person_access_address ON public.person_access USING btree (shop_id, address_hash, asked_at);
CREATE INDEX person_access_due ON public.person_access USING btree (asked_at) WHERE (code_hash IS NULL);
CREATE INDEX profile_basis_held ON public.profile_basis USING btree (shop_id, basis_id, held_day, profile_id) WHERE (status = 'accepted'::text);
CREATE INDEX profile_basis_status ON public.profile_basis USING btree (shop_id, basis_id, status, profile_id);
CREATE INDEX profile_basis_waiting ON public.profile_basis USING btree (shop_id, profile_id, basis_id) WHERE (status = 'to confirm'::text);
CREATE INDEX profile_created ON public.profile USING btree (shop_id, created_at, id) WHERE (merged_into IS NULL);
CREATE INDEX profile_email ON public.profile USING btree (shop_id, email_norm) WHERE (email_norm IS NOT NULL);
CREATE INDEX profile_identifier_profile ON public.profile_identifier USING btree (shop_id, profile_id);
CREATE INDEX profile_mobile ON public.profile USING btree (shop_id, mobile_e164) WHERE (mobile_e164 IS NOT NULL);
CREATE INDEX profile_phone ON public.profile USING btree (shop_id, phone_e164) WHERE (phone_e164 IS NOT NULL);
CREATE INDEX profile_seen ON public.profile USING btree (shop_id, seen_month, id);
CREATE INDEX profile_updated ON public.profile USING btree (shop_id, updated_hour, created_at, id) WHERE (merged_into IS NULL);
CREATE INDEX rights_request_address ON public.rights_request USING btree (shop_id, address_hash);
CREATE INDEX rights_request_closed ON public.rights_request USING btree (shop_id, closed_at, id) WHERE (closed_at IS NOT NULL);
CREATE INDEX rights_request_due ON public.rights_request USING btree (shop_id, due_at, id) WHERE (closed_at IS NULL);
CREATE INDEX rights_request_link ON public.rights_request USING btree (shop_id, link_hash) WHERE (link_hash IS NOT NULL);
CREATE INDEX shop_key_shop ON public.shop_key USING btree (shop_id);
CREATE INDEX shop_member_user ON public.shop_member USING btree (user_id);
CREATE INDEX sign_in_challenge_expires ON public.sign_in_challenge USING btree (expires_at);
CREATE INDEX user_account_user ON public.user_account USING btree (user_id);
CREATE INDEX user_session_user ON public.user_session USING btree (user_id);
CREATE INDEX user_verification_identifier ON public.user_verification USING btree (identifier);
CREATE INDEX visitor_token_profile ON public.visitor_token USING btree (shop_id, profile_id);
CREATE INDEX webhook_delivery_due ON public.webhook_delivery USING btree (shop_id, endpoint_id, next_try_at) WHERE (state = 'waiting'::text);
CREATE INDEX webhook_delivery_kind ON public.webhook_delivery USING btree (shop_id, endpoint_id, kind, id);
CREATE INDEX webhook_delivery_lane ON public.webhook_delivery USING btree (shop_id, endpoint_id, lane, id) WHERE (state = 'waiting'::text);
CREATE INDEX webhook_delivery_log ON public.webhook_delivery USING btree (shop_id, endpoint_id, state, id);
CREATE INDEX webhook_delivery_order ON public.webhook_delivery USING btree (shop_id, order_id) WHERE ((profile_id IS NULL) AND (order_id IS NOT NULL));
CREATE INDEX webhook_delivery_profile ON public.webhook_delivery USING btree (shop_id, profile_id) WHERE (profile_id IS NOT NULL);

create sequence order_id increment by 1000;
create sequence profile_id increment by 1000;

CREATE OR REPLACE FUNCTION public.delete_shop_rows(shop integer, most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  place record;
  gone int;
begin
  if not exists (select from shop s where s.id = delete_shop_rows.shop and s.deleting_at is not null) then
    raise exception 'shop % is not being deleted', delete_shop_rows.shop;
  end if;
  for place in
    select c.oid::regclass as name, a.attname as col
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname in ('shop_id', 'of_shop') and not a.attisdropped
    where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
    order by c.relname
  loop
    execute format(
      'delete from %s where ctid = any (array(select ctid from %s where %I = $1 limit $2)) and %I = $1',
      place.name, place.name, place.col, place.col) using shop, most;
    get diagnostics gone = row_count;
    if gone > 0 then return gone; end if;
  end loop;
  return 0;
end
$function$
;

CREATE OR REPLACE FUNCTION public.drop_journal_days(today date, raw_days integer, unread_days integer, journal_days integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
declare
  part record;
  dropped int := 0;
begin
  for part in
    select c.relname, p.relname as parent
    from pg_inherits i
    join pg_class c on c.oid = i.inhrelid
    join pg_class p on p.oid = i.inhparent
    where p.relname in ('journal', 'journal_raw', 'journal_unread', 'journal_subject') and c.relkind = 'r'
  loop
    if to_date(right(part.relname, 8), 'YYYYMMDD') < today - (case part.parent
        when 'journal_raw' then raw_days when 'journal_unread' then unread_days else journal_days end) then
      execute format('drop table %I', part.relname);
      dropped := dropped + 1;
    end if;
  end loop;
  return dropped;
end
$function$
;

CREATE OR REPLACE FUNCTION public.ensure_journal_day(day date)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
 SET "TimeZone" TO 'UTC'
AS $function$
declare
  parent text;
  first date;
  past date;
  part record;
begin
  perform pg_advisory_xact_lock(hashtext('ensure_journal_day'));
  foreach parent in array array['journal', 'journal_subject', 'journal_raw', 'journal_unread'] loop
    first := case when parent in ('journal', 'journal_subject') then date_trunc('week', day)::date else day end;
    past := case when parent in ('journal', 'journal_subject') then first + 7 else day + 1 end;
    for part in
      select bounds[1]::timestamptz::date as first, bounds[2]::timestamptz::date as past
      from pg_inherits i
      join pg_class c on c.oid = i.inhrelid
      cross join lateral regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''(.*)''\) TO \(''(.*)''\)') bounds
      where i.inhparent = parent::regclass and c.relkind = 'r'
    loop
      if part.past <= day then first := greatest(first, part.past); end if;
      if part.first > day then past := least(past, part.first); end if;
      if part.first <= day and part.past > day then first := null; exit; end if;
    end loop;
    if first is not null then
      execute format('create table %I partition of %I for values from (%L) to (%L)',
        parent || '_' || to_char(first, 'YYYYMMDD'), parent, first::timestamptz, past::timestamptz);
    end if;
  end loop;
end
$function$
;

CREATE OR REPLACE FUNCTION public.forget_audit(before timestamp with time zone, most integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  gone int;
begin
  delete from audit where id = any (array(select id from audit where at < before order by id limit most));
  get diagnostics gone = row_count;
  return gone;
end
$function$
;

CREATE OR REPLACE FUNCTION public.forget_history(shop integer, profiles bigint[], at timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public'
AS $function$
declare
  gone int;
begin
  with rows as (
    delete from basis_history h where h.ctid = any (array(
      select ctid from basis_history where shop_id = shop and profile_id = any (profiles) limit 2000))
      and h.shop_id = shop
    returning h.chain_n, h.chain_hash, h.leaf
  ), kept as (
    insert into history_checkpoint (shop_id, chain_n, leaf, chain_hash, forgotten_at)
      select shop, chain_n, leaf, chain_hash, at from rows where chain_n is not null
  )
  select count(*) into gone from rows;
  return gone;
end
$function$
;

CREATE OR REPLACE FUNCTION public.forget_order_states(shop integer, gone bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  delete from order_state_history h where h.shop_id = shop and h.order_id = any (gone)
    and not exists (select from orders o where o.shop_id = h.shop_id and o.id = h.order_id);
end
$function$
;

CREATE OR REPLACE FUNCTION public.wake_job(task text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
begin
  if task !~ '^[a-z][a-z-]{0,40}$' then raise exception 'a job is named by small letters and hyphens'; end if;
  perform graphile_worker.add_job(task, job_key => task, max_attempts => 3);
exception when invalid_schema_name or undefined_function then
  -- No worker has run on this database yet: its schedule finds the work.
  null;
end
$function$
;


-- application may delete, insert, select, update address_refusal
-- application may delete, insert, select, update alarm
-- application may delete, insert, select, update app_user
-- application may delete, insert, select, update arrival_hour
-- application may insert, select audit
-- application may usage audit_id_seq
-- application may delete, insert, select, update backup_code
-- application may delete, insert, select, update basis_act
-- application may delete, insert, select, update basis_count
-- application may insert, select basis_history
-- application may delete, insert, select, update cart
-- application may delete, insert, select, update confirmation
-- application may delete, insert, select, update confirmation_ask
-- application may delete, insert, select, update connection
-- application may delete, insert, select, update connection_day
-- application may delete, insert, select consent_evidence
-- application may delete, insert, select, update day_count
-- application may delete, insert, select, update delivery_key
-- application may delete, insert, select, update developer_invitation
-- application may usage developer_invitation_id_seq
-- application may delete, insert, select, update developer_session
-- application may delete, insert, select, update erased_key
-- application may insert, select erased_subject
-- application may delete, insert, select, update erasure
-- application may usage erasure_id_seq
-- application may delete, insert, select, update export_chunk
-- application may delete, insert, select, update export_file
-- application may delete, insert, select, update held_origin
-- application may select history_checkpoint
-- application may delete, insert, select, update idempotent_call
-- application may delete, insert, select, update import
-- application may delete, insert, select, update import_applied
-- application may delete, insert, select, update import_chunk
-- application may delete, insert, select, update import_count
-- application may delete, insert, select, update import_line
-- application may delete, insert, select, update import_source
-- application may delete, insert, select, update import_source_run
-- application may delete, insert, select, update import_template
-- application may delete, insert, select, update instance
-- application may delete, insert, select, update intake
-- application may delete, insert, select, update intake_applied
-- application may delete, insert, select, update job_run
-- application may delete, insert, select, update journal
-- application may delete, insert, select, update journal_raw
-- application may delete, insert, select, update journal_subject
-- application may delete, insert, select, update journal_unread
-- application may delete, insert, select, update key_use
-- application may insert, select, update ledger_head
-- application may delete, insert, select, update migration
-- application may delete, insert, select, update module_sign_in
-- application may delete, insert, select, update objection
-- application may usage order_id
-- application may insert, select order_state_history
-- application may delete, insert, select, update orders
-- application may delete, insert, select, update outbox
-- application may delete, insert, select, update page_host
-- application may delete, insert, select, update parked
-- application may delete, insert, select, update person_access
-- application may delete, insert, select, update profile
-- application may delete, insert, select, update profile_basis
-- application may usage profile_id
-- application may delete, insert, select, update profile_identifier
-- application may delete, insert, select, update pull
-- application may delete, insert, select, update pull_count
-- application may delete, insert, select, update redecide
-- application may delete, insert, select, update retention_run
-- application may delete, insert, select, update rights_request
-- application may insert, select rights_step
-- application may delete, insert, select, update second_factor
-- application may delete, insert, select, update shop
-- application may usage shop_id_seq
-- application may delete, insert, select, update shop_invitation
-- application may usage shop_invitation_id_seq
-- application may delete, insert, select, update shop_key
-- application may usage shop_key_id_seq
-- application may delete, insert, select, update shop_member
-- application may delete, insert, select, update shop_settings
-- application may delete, insert, select, update sighting
-- application may delete, insert, select, update sign_in_challenge
-- application may delete, insert, select, update sign_in_link
-- application may delete, insert, select, update store_redaction
-- application may insert, select tracker_release
-- application may delete, insert, select, update unmapped_state
-- application may delete, insert, select, update user_account
-- application may delete, insert, select, update user_session
-- application may delete, insert, select, update user_verification
-- application may delete, insert, select, update visitor_token
-- application may delete, insert, select, update web_instance
-- application may delete, insert, select, update webhook_attempt
-- application may delete, insert, select, update webhook_delivery
-- application may usage webhook_delivery_id_seq
-- application may delete, insert, select, update webhook_endpoint
-- application may usage webhook_endpoint_id_seq
