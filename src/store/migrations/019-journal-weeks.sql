-- 019: the journal and its subjects lie in weeks, not days: a list that looks through 13 months has 57 parts to plan for, not 400.
-- Raw and undecodable bytes keep their days: few, and dropped soon.

-- Opens what the day needs. A part is named by its first day; where days lie alone from before, a week takes what they leave.
create or replace function ensure_journal_day(day date) returns void
  language plpgsql security definer set search_path = public set timezone = 'UTC'
as $$
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
$$;
