-- 044: the sending guard answers for 10,000 people from indexes alone: which bases hold, since when, and which row proves it.

create unique index profile_basis_covering on profile_basis (shop_id, profile_id, basis_id) include (status, since);
alter table profile_basis drop constraint profile_basis_pkey,
  add constraint profile_basis_pkey primary key using index profile_basis_covering;

create unique index basis_history_covering on basis_history (shop_id, profile_id, basis_id, seq, n) include (to_status);
alter table basis_history drop constraint basis_history_pkey,
  add constraint basis_history_pkey primary key using index basis_history_covering;
