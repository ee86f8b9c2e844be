-- 009: The member of a shop whom its own module may sign in (SPREAD's GetToken); no row: nobody.
create table module_sign_in (
  shop_id int primary key references shop (id),
  user_id text not null references app_user (id) on delete cascade,
  allowed_at timestamptz not null default now()
);

grant select, insert, update, delete on module_sign_in to :APP_ROLE;
