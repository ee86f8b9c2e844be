-- 028: which erasures stand in the file beside the database, from which a restored backup erases people again.
alter table erasure add column logged_at timestamptz;
create index erasure_unlogged on erasure (id) where logged_at is null;
