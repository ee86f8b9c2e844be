-- 042: which lines of an import were applied, a bit each: a delivery key for every line was a tenth of what an import costs the database.

create table import_applied (
  shop_id int not null,
  import_id uuid not null,
  -- Line n is bit n % 4096 of block n / 4096.
  block int not null,
  lines bit(4096) not null,
  primary key (shop_id, import_id, block)
);
grant select, insert, update, delete on import_applied to :APP_ROLE;

-- Runs that an update of the program cuts in two.
insert into import_applied (shop_id, import_id, block, lines)
  select shop_id, id, line / 4096, bit_or(set_bit(repeat('0', 4096)::bit(4096), (line % 4096)::int, 1))
    from (select shop_id, split_part(key, ':', 2)::uuid as id, split_part(key, ':', 3)::int8 as line
            from delivery_key where key like 'import:%') k
    where exists (select from import i where i.shop_id = k.shop_id and i.id = k.id and i.state in ('running', 'stopping', 'stopped'))
    group by shop_id, id, line / 4096;
delete from delivery_key where key like 'import:%';
