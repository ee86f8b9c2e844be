/** The scripts of shops' pages that this installation has served, by their versioned names. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';

export interface ReleasedScript {
  /** `tracker.0123456789ab.js`: named after its content. */
  readonly file: string;
  readonly code: Buffer;
}

export async function saveReleasedScripts(pool: Pool, scripts: readonly ReleasedScript[], at: Instant): Promise<void> {
  await pool.query(
    `insert into tracker_release (file, code, first_at)
     select u.file, u.code, to_timestamp($3 / 1000.0) from unnest($1::text[], $2::bytea[]) u(file, code)
     on conflict (file) do nothing`,
    [scripts.map(({ file }) => file), scripts.map(({ code }) => code), at],
  );
}

/** null: never served here. */
export async function findReleasedScript(pool: Pool, file: string): Promise<Buffer | null> {
  const { rows } = await pool.query<{ code: Buffer }>('select code from tracker_release where file = $1', [file]);
  return rows[0]?.code ?? null;
}
