-- 021: developers invited by mail to a page of their own: the link, the pair of keys it comes with, and the browsers it stands open in.

create table developer_invitation (
  shop_id int not null references shop (id),
  id int not null generated always as identity,
  email text not null,
  lang text not null,
  note text,
  may_read boolean not null,
  -- Their own pair in shop_key; it ends with the invitation.
  key_id int not null,
  token_hash bytea not null,
  -- Their latest mail, in outbox.
  mail_id text not null,
  invited_by text not null,
  created_at timestamptz not null,
  sent_at timestamptz not null,
  expires_at timestamptz not null,
  -- Of the pressed button: programs that look into mails open links, and press none.
  opened_at timestamptz,
  seen_at timestamptz,
  revoked_at timestamptz,
  -- When the last codes were mailed, so that nobody fills a mailbox.
  codes_at timestamptz[] not null default '{}',
  primary key (shop_id, id)
);

-- A browser in which the button was pressed; a code sent to the invited address shows it the private key.
create table developer_session (
  shop_id int not null,
  token_hash bytea not null,
  invitation_id int not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  code_hash bytea,
  code_until timestamptz,
  code_tries int not null default 0,
  proved_at timestamptz,
  primary key (shop_id, token_hash)
);
create index developer_session_invitation on developer_session (shop_id, invitation_id);

grant select, insert, update, delete on developer_invitation, developer_session to :APP_ROLE;
grant usage on all sequences in schema public to :APP_ROLE;
