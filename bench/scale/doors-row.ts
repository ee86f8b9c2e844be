/** Row "doors": the rows "track" and "sp-json" with a million people in the database. */
import pg from 'pg';
import { compareSpJson, compareTrack } from '../door-rows.ts';
import type { BenchOptions, Row } from '../figures.ts';
import { benchKeys } from '../program.ts';
import { openScale } from './database.ts';

export const doorsRow: Row = {
  name: 'doors',
  title: 'Track calls and sp-json.php over the filled database (no applier running)',
  references: null,
  async measure(options: BenchOptions) {
    const scale = await openScale(options);
    try {
      return [
        ...(await compareTrack(options, scale.url, benchKeys.publicKey)),
        ...(await compareSpJson(options, scale.url, benchKeys.publicKey)),
      ];
    } finally {
      await forgetReceived(scale.url);
      await scale.stop();
    }
  },
};

/** What was received is not applied: the database stays as it was filled. */
async function forgetReceived(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('truncate intake');
  } finally {
    await client.end();
  }
}
