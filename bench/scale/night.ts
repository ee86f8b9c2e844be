/** A process that applies what comes and runs the night's expiry once; tells its parent how many seconds that took. */
import { startApplier } from '#apply/applier.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { startSettler } from '#intake/settle.ts';
import { expiryJob } from '#jobs/expiry.ts';
import { openClient, openPool } from '#store/db.ts';
import { scaleKeys } from './fill.ts';

const [, , url = ''] = process.argv;
const shards = 4;
const onFault = (event: string, error: unknown): void => void process.stderr.write(`${event} ${String(error)}\n`);

const pool = openPool(url, { max: 4 });
const applier = startApplier({
  connect: () => openClient(url, { pipeline: true }),
  claims: postgresClaims,
  shards,
  keys: scaleKeys,
  onFault,
});
const settler = startSettler(openPool(url, { max: 2 }), onFault);
const engine = await openPostgresEngine({ pool: openPool(url, { max: 1 }), shards });
process.send?.({ ready: true });
process.once('message', () => void night());

async function night(): Promise<void> {
  const started = performance.now();
  const job = expiryJob({ pool, engine, settler, now: Date.now });
  // the job asks nothing of the worker that runs it
  await job.run(null, null as never);
  process.send?.({ seconds: (performance.now() - started) / 1000 });
  await settler.stop();
  await engine.stop();
  await applier.stop();
  process.exit();
}
