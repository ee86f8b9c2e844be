/** The part of the list of personal data (`personal-data.ts`) that is not about the shop's people: the team's accounts, and what is about nobody. */
import type { TableData } from './personal-data.ts';

export const otherData: Readonly<Record<string, TableData>> = {
  // the team
  app_user: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: 'name email image',
    linked: 'id',
    plain: 'email_verified lang created_at updated_at instance_admin',
  },
  user_account: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: 'account_id access_token refresh_token id_token',
    hashed: 'password',
    linked: 'id user_id',
    plain: 'provider_id access_token_expires_at refresh_token_expires_at scope created_at updated_at',
  },
  user_session: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: 'token ip_address user_agent',
    linked: 'id user_id',
    plain: 'expires_at created_at updated_at',
  },
  user_verification: {
    kind: 'team',
    erasure: 'none',
    keep: 'day',
    personal: 'identifier value',
    plain: 'id expires_at created_at updated_at',
  },
  second_factor: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: 'secret',
    linked: 'user_id',
    plain: 'created_at confirmed_at last_step failed locked_until',
  },
  backup_code: { kind: 'team', erasure: 'none', keep: 'account', personal: '', hashed: 'code_hash', plain: 'user_id' },
  sign_in_link: {
    kind: 'team',
    erasure: 'none',
    keep: 'day',
    personal: '',
    hashed: 'token_hash',
    linked: 'user_id',
    plain: 'created_at expires_at used_at purpose skips_second_factor',
  },
  sign_in_challenge: {
    kind: 'team',
    erasure: 'none',
    keep: 'minutes',
    personal: '',
    hashed: 'token_hash',
    linked: 'user_id',
    plain: 'expires_at',
  },
  shop_member: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: '',
    linked: 'user_id',
    plain: 'shop_id created_at role alarms',
  },
  shop_invitation: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: 'email',
    hashed: 'token_hash',
    plain: 'shop_id id role lang invited_by created_at sent_at expires_at mail_id',
  },
  developer_invitation: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: 'email note',
    hashed: 'token_hash',
    plain:
      'shop_id id lang may_read key_id mail_id invited_by created_at sent_at expires_at opened_at seen_at revoked_at codes_at',
  },
  developer_session: {
    kind: 'team',
    erasure: 'none',
    keep: 'day',
    personal: '',
    hashed: 'token_hash code_hash',
    plain: 'shop_id invitation_id created_at expires_at code_until code_tries proved_at',
  },
  module_sign_in: {
    kind: 'team',
    erasure: 'none',
    keep: 'account',
    personal: '',
    linked: 'user_id',
    plain: 'shop_id allowed_at',
  },
  audit: {
    kind: 'team',
    erasure: 'link',
    keep: 'account',
    personal: 'who',
    linked: 'user_id profile_id',
    plain: 'of_shop id at action detail kind',
  },
  // nobody
  arrival_hour: none('shop_id hour outcome reason n last_at'),
  basis_count: none('shop_id basis_id status n'),
  day_count: none('shop_id day what key n minor'),
  instance: none('key value'),
  key_use: none('shop_id key_id day calls last_at'),
  migration: none('number name app_role applied_at'),
  page_host: none('shop_id host first_seen'),
  retention_run: none('shop_id kind ran_at gone gone_ever'),
  redecide: none('shop_id after_id total done started_at paused'),
  shop: none('id name created_at installed_at demo platform'),
  shop_key: none(
    'id shop_id name public_key private_hash private_sealed may_write may_read created_at expires_at replaced_by',
  ),
  shop_settings: none('shop_id version since_seq changed_at changed_by body'),
  sighting: none('shop_id what last_at test_at'),
  unmapped_state: none('shop_id source code n last_at'),
  web_instance: none('number leased_until holder'),
  webhook_endpoint: none(
    'shop_id id name url kinds secret old_secret old_secret_until created_at state paused_at paused_by failures failing_since next_try_at leased_by leased_until',
  ),
};

function none(plain: string): TableData {
  return { kind: 'none', erasure: 'none', keep: 'shop', personal: '', plain };
}
