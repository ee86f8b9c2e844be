import type { Kysely } from 'kysely';
import { signAnchor, writeAnchors } from '#store/anchor.ts';
import type { Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { listHeads } from '#views/ledger-check.ts';
import type { Job } from './runner.ts';

/** Each day, where every chain of history stands goes to a file outside the database: what is changed there later shows. */
export function anchorsJob(db: Kysely<Database>, keys: Keys, folder: string, now: () => number): Job {
  return {
    name: 'ledger-anchors',
    schedule: '5 0 * * *',
    async run() {
      const at = new Date(now()).toISOString();
      const heads = await listHeads(db);
      const anchors = heads.map((head) => signAnchor(keys, { ...head, at }));
      await writeAnchors(folder, at.slice(0, 10), anchors);
    },
  };
}
