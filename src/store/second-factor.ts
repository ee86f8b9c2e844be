/** The second factor at sign-in: codes of an authenticator (RFC 6238), and backup codes for who lost it. */
import { createHmac, randomBytes } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { inTransaction } from './db.ts';
import { type Keys, openText, sealText } from './secret.ts';

export interface AuthenticatorSecret {
  /** Base32, to be typed. */
  readonly secret: string;
  /** `otpauth://…`, to be shown as a picture. */
  readonly uri: string;
}

export type CodeAnswer = 'right' | 'wrong' | 'locked';

const issuer = 'Spread Tracker';
const period = 30;
/** One step earlier and later: clocks differ, people type slowly. */
const window = 1;
const mostFailures = 5;
const lockMs = 15 * 60_000;
const backupCodes = 10;

/** A new secret, not asked for until it is confirmed. null: one is confirmed already. */
export async function beginSecondFactor(
  db: Pool | ClientBase,
  keys: Keys,
  user: { readonly id: string; readonly email: string },
  now: Instant,
): Promise<AuthenticatorSecret | null> {
  const secret = new Secret({ size: 20 });
  const { rowCount } = await db.query(
    `insert into second_factor (user_id, secret, created_at) values ($1, $2, to_timestamp($3::float8 / 1000))
     on conflict (user_id) do update set secret = excluded.secret, created_at = excluded.created_at, failed = 0, locked_until = null
       where second_factor.confirmed_at is null`,
    [user.id, sealText(keys, secret.base32, placeOf(user.id)), now],
  );
  if (rowCount === 0) return null;
  const uri = new TOTP({ issuer, label: user.email, secret, period }).toString();
  return { secret: secret.base32, uri };
}

/** From now on a code is asked for; answers the backup codes. null: not the code of the secret shown, or none was shown. */
export async function confirmSecondFactor(
  pool: Pool,
  keys: Keys,
  userId: string,
  code: string,
  now: Instant,
): Promise<readonly string[] | null> {
  return inTransaction(pool, async (client) => {
    const factor = await lockFactor(client, userId);
    if (factor === null || factor.confirmed || isLocked(factor, now)) return null;
    const step = stepOf(keys, userId, factor, code, now);
    if (step === null) {
      await countFailure(client, userId, now);
      return null;
    }
    await client.query(
      'update second_factor set confirmed_at = to_timestamp($2::float8 / 1000), last_step = $3, failed = 0 where user_id = $1',
      [userId, now, step],
    );
    return makeBackupCodes(client, keys, userId);
  });
}

/** Ten new backup codes; those before are void. */
export async function makeBackupCodes(db: Pool | ClientBase, keys: Keys, userId: string): Promise<readonly string[]> {
  const codes = Array.from({ length: backupCodes }, backupCode);
  await db.query('delete from backup_code where user_id = $1', [userId]);
  await db.query('insert into backup_code (user_id, code_hash) select $1, unnest($2::bytea[])', [
    userId,
    codes.map((code) => hashCode(keys, userId, code)),
  ]);
  return codes;
}

/** Six digits of the authenticator, or a backup code, which is used up. Five wrong ones in a row lock for a quarter of an hour. */
export async function useSecondFactor(
  pool: Pool,
  keys: Keys,
  userId: string,
  code: string,
  now: Instant,
): Promise<CodeAnswer> {
  return inTransaction(pool, async (client) => {
    const factor = await lockFactor(client, userId);
    if (factor === null || !factor.confirmed) return 'wrong';
    if (isLocked(factor, now)) return 'locked';
    const step = stepOf(keys, userId, factor, code, now);
    if (step === null && !(await useBackupCode(client, keys, userId, code))) {
      return (await countFailure(client, userId, now)) ? 'locked' : 'wrong';
    }
    await client.query(
      'update second_factor set failed = 0, locked_until = null, last_step = greatest(last_step, $2) where user_id = $1',
      [userId, step ?? 0],
    );
    return 'right';
  });
}

/** True while a code is asked for at sign-in. */
export async function hasSecondFactor(db: Pool | ClientBase, userId: string): Promise<boolean> {
  const { rows } = await db.query('select from second_factor where user_id = $1 and confirmed_at is not null', [
    userId,
  ]);
  return rows.length > 0;
}

/** False: there was none. */
export async function dropSecondFactor(db: Pool | ClientBase, userId: string): Promise<boolean> {
  await db.query('delete from backup_code where user_id = $1', [userId]);
  const { rowCount } = await db.query('delete from second_factor where user_id = $1 and confirmed_at is not null', [
    userId,
  ]);
  return rowCount === 1;
}

interface Factor {
  readonly secret: Buffer;
  readonly confirmed: boolean;
  readonly lastStep: number;
  readonly lockedUntil: Instant | null;
}

async function lockFactor(client: ClientBase, userId: string): Promise<Factor | null> {
  const { rows } = await client.query<{
    secret: Buffer;
    confirmed: boolean;
    last_step: number;
    locked_until: Date | null;
  }>(
    `select secret, confirmed_at is not null as confirmed, last_step, locked_until
     from second_factor where user_id = $1 for update`,
    [userId],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const { secret, confirmed, last_step, locked_until } = row;
  return { secret, confirmed, lastStep: last_step, lockedUntil: locked_until?.getTime() ?? null };
}

function isLocked({ lockedUntil }: Factor, now: Instant): boolean {
  return lockedUntil !== null && lockedUntil > now;
}

/** The time step the code belongs to; null: none near `now` that was not used yet. */
function stepOf(keys: Keys, userId: string, factor: Factor, code: string, now: Instant): number | null {
  const token = code.replace(/\s/g, '');
  if (!/^\d{6}$/.test(token)) return null;
  const totp = new TOTP({ secret: Secret.fromBase32(openText(keys, factor.secret, placeOf(userId))), period });
  const delta = totp.validate({ token, timestamp: now, window });
  if (delta === null) return null;
  const step = Math.floor(now / 1000 / period) + delta;
  return step > factor.lastStep ? step : null;
}

/** True when it was one too many. */
async function countFailure(client: ClientBase, userId: string, now: Instant): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    `update second_factor set
       failed = case when failed + 1 >= $3 then 0 else failed + 1 end,
       locked_until = case when failed + 1 >= $3 then to_timestamp($2::float8 / 1000) else locked_until end
     where user_id = $1 returning failed = 0 as locked`,
    [userId, now + lockMs, mostFailures],
  );
  return rows[0]?.locked ?? false;
}

async function useBackupCode(client: ClientBase, keys: Keys, userId: string, code: string): Promise<boolean> {
  const { rowCount } = await client.query('delete from backup_code where user_id = $1 and code_hash = $2', [
    userId,
    hashCode(keys, userId, code),
  ]);
  return rowCount === 1;
}

/** Without letters and digits that look alike; 50 bits. */
const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

function backupCode(): string {
  const text = Array.from(randomBytes(10), (byte) => alphabet[byte % alphabet.length]).join('');
  return `${text.slice(0, 5)}-${text.slice(5)}`;
}

function hashCode(keys: Keys, userId: string, code: string): Buffer {
  const plain = code.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return createHmac('sha256', keys.backupCode).update(`${userId}:${plain}`).digest();
}

function placeOf(userId: string): string {
  return `second_factor ${userId}`;
}
