-- 011: the proof: evidence beside the history, under the random subject key, and one hash chain a shop over both.

-- Page, form, wording, truncated IP, written reason of one history row; gone at erasure (rules §4). `salt` keeps its hash from being guessed.
create table consent_evidence (
  shop_id int not null,
  subject_key uuid not null,
  seq int8 not null,
  n smallint not null,
  salt bytea not null,
  body json not null,
  primary key (shop_id, subject_key, seq, n)
);

-- Whose evidence was erased, and when: tells an erasure from a loss.
create table erased_subject (
  shop_id int not null,
  subject_key uuid not null,
  erased_at timestamptz not null,
  primary key (shop_id, subject_key)
);

-- Where a shop's chain has come to; moved by apply under the shard's lock.
create table ledger_head (
  shop_id int primary key,
  n int8 not null,
  hash bytea not null
) with (fillfactor = 50);

-- What is left of a history row that retention deleted: enough for the chain to go on. Written by the owner's function only.
create table history_checkpoint (
  shop_id int not null,
  chain_n int8 not null,
  leaf bytea not null,
  chain_hash bytea not null,
  forgotten_at timestamptz not null,
  primary key (shop_id, chain_n)
);

-- Rows from before the chain have no place in it. `written_reason` was free text: it is evidence.
insert into consent_evidence (shop_id, subject_key, seq, n, salt, body)
  select shop_id, subject_key, seq, n, '\x'::bytea, json_build_object('reason', written_reason)
  from basis_history where written_reason is not null;
alter table basis_history
  drop column written_reason,
  add column text_version int,
  add column evidence_hash bytea,
  add column chain_n int8,
  add column leaf bytea,
  add column chain_hash bytea;
create unique index basis_history_chain on basis_history (shop_id, chain_n) where chain_n is not null;

-- Retention of history: only the owner deletes, and leaves a checkpoint for each row of the chain. At most 2,000 rows a call.
create function forget_history(shop int, profiles int8[], at timestamptz) returns int
  language plpgsql security definer set search_path = public
as $$
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
$$;

grant select, insert, delete on consent_evidence to :APP_ROLE;
grant select, insert on erased_subject to :APP_ROLE;
grant select, insert, update on ledger_head to :APP_ROLE;
grant select on history_checkpoint to :APP_ROLE;
revoke all on function forget_history from public;
grant execute on function forget_history to :APP_ROLE;
