-- 025: every script for shops' pages that this installation has served, so that a page which pins one keeps getting it.

-- Named after its content: never changed.
create table tracker_release (
  file text primary key,
  code bytea not null,
  first_at timestamptz not null
);
grant select, insert on tracker_release to :APP_ROLE;
