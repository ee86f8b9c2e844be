-- 010: mails on their way out: what waits, what went, what was refused. The words and links inside are sealed.

create table outbox (
  id text primary key,
  -- The shop it speaks of; null: a person's own account. A local table, like sessions.
  of_shop int,
  kind text not null,
  to_address text not null,
  lang text not null,
  -- What the mail says, under SECRET_KEY; null once it was sent.
  sealed bytea,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'refused', 'given_up')),
  tries int not null default 0,
  -- What the mail server answered last.
  fault text,
  created_at timestamptz not null,
  next_try_at timestamptz not null,
  sent_at timestamptz
);
create index outbox_due on outbox (next_try_at) where state = 'waiting';
create index outbox_shop on outbox (of_shop, created_at, id);
grant select, insert, update, delete on outbox to :APP_ROLE;

-- The job queue answers its owner alone; who runs as the application may wake a job by its name, and nothing more.
create function wake_job(task text) returns void
  language plpgsql security definer set search_path = public, pg_temp
as $$
begin
  if task !~ '^[a-z][a-z-]{0,40}$' then raise exception 'a job is named by small letters and hyphens'; end if;
  perform graphile_worker.add_job(task, job_key => task, max_attempts => 3);
exception when invalid_schema_name or undefined_function then
  -- No worker has run on this database yet: its schedule finds the work.
  null;
end
$$;
revoke all on function wake_job(text) from public;
grant execute on function wake_job(text) to :APP_ROLE;
