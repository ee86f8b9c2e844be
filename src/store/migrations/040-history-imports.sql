-- 040: a store's history goes through the imports' counts and report.

alter table import drop constraint import_kind_check;
alter table import add constraint import_kind_check check (kind in ('profiles', 'orders', 'states', 'consents', 'history'));
-- Of an object that was pulled and listed: its name and what was said, until the report is written.
alter table import_line add column said text;
-- The import a history is counted and reported under.
alter table pull add column import_id uuid;
create index import_histories on import (state) where kind = 'history';
