/** An embedded PostgreSQL of a benchmark's own, as the product starts it. */
import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PostgresOptions, startPostgres } from '#store/postgres.ts';

export interface BenchDatabase {
  readonly dataDir: string;
  /** As the owner. */
  readonly url: string;
  /** As the superuser of the server: may ask for a checkpoint. */
  readonly adminUrl: string;
  /** Leaves the server to others: it stops unless somebody else uses it. */
  leave(): Promise<void>;
  /** Leaves it, and removes the folder unless it is kept. */
  stop(): Promise<void>;
}

/** `dataDir`: kept when it is over; none: a folder that goes with the server. */
export async function startDatabase(
  settings: PostgresOptions['settings'] = {},
  dataDir: string | null = null,
): Promise<BenchDatabase> {
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'spread-bench-')));
  if (dataDir === null) await chmod(folder, 0o755);
  const postgres = await startPostgres(folder, { settings });
  const admin = new URL(postgres.url);
  admin.username = 'postgres';
  return {
    dataDir: folder,
    url: postgres.url,
    adminUrl: admin.href,
    leave: () => postgres.stop(),
    async stop() {
      await postgres.stop();
      if (dataDir !== null) return;
      const area = await realpath(join(folder, 'postgres'));
      await rm(area, { recursive: true, force: true, maxRetries: 5 });
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
