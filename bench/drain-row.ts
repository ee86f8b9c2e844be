/** Row "applied": a backlog of the mix drained by the worker's applying, over several shards and of one single shop, across a checkpoint. */
import pg from 'pg';
import { startApplier } from '#apply/applier.ts';
import { type Helper, openHelper } from '#apply/helper.ts';
import { encodeBatch } from '#intake/envelope.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient, openPool } from '#store/db.ts';
import { migrate } from '#store/migrate.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { ownCpu, postgresCpu } from './cpu.ts';
import { type BenchDatabase, startDatabase } from './database.ts';
import { atLeast, atMost, type BenchOptions, type Figure, type Row } from './figures.ts';
import { type MixedCall, MixedShop } from './mix.ts';
import { counting, countStatements, printStatements } from './statements.ts';

const shards = 4;
const shopCount = 8;
const rowItems = 50;
const keys = deriveKeys('a key for benchmarks, and for benchmarks only');

export const drainRow: Row = {
  name: 'drain',
  title: 'Applied: profile, order, bases and journal written (mix of bench/mix.json)',
  references: 'Umami with order and revenue 148/s · Matomo 118/s',
  measure,
};

interface Drained {
  readonly rate: number;
  readonly nodeMicros: number;
  readonly pgMicros: number;
}

async function measure(options: BenchOptions): Promise<readonly Figure[]> {
  const database = await startDatabase(options.statements ? counting : {});
  try {
    await migrate(database.url);
    const pool = openPool(database.url);
    const shops: MixedShop[] = [];
    for (let n = 0; n < shopCount; n++) {
      shops.push(new MixedShop((await createShop(pool, keys, { name: `Bench ${n}` })).shopId));
    }
    const backlog = new Backlog(pool);
    const appliers = new Appliers(database);
    await backlog.append(options.people, shops, (shop) => shop.newOrder());
    await drain(appliers, options.people, options);
    await pool.query('vacuum analyze');
    await backlog.append(options.facts, shops, (shop) => shop.next());
    const several = await drain(appliers, options.facts, options);
    await backlog.append(options.facts, shops.slice(0, 1), (shop) => shop.next());
    const single = await drain(appliers, options.facts, options);
    const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from parked');
    await appliers.stop();
    await pool.end();
    const sum = several.nodeMicros + several.pgMicros;
    return [
      ...rateFigures('backlog over several shards', several, 8_000, 15_000),
      { what: 'CPU a fact over several shards', measured: sum, unit: 'µs', must: atMost(230), aim: 130 },
      ...rateFigures('backlog of one single shop', single, 5_000, null),
      { what: 'items parked through our fault', measured: rows[0]?.n ?? 0, unit: '', must: atMost(0), aim: null },
    ];
  } finally {
    await database.stop();
  }
}

function rateFigures(what: string, { rate, nodeMicros, pgMicros }: Drained, must: number, aim: number | null) {
  const note = `CPU a fact: node ${nodeMicros.toFixed(0)} + postgres ${pgMicros.toFixed(0)} µs`;
  return [{ what, measured: rate, unit: 'facts/s', must: atLeast(must), aim, note }];
}

/** Puts calls into the intake, as the doors would. */
class Backlog {
  readonly #pool: pg.Pool;
  #batchId = 1;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  async append(count: number, shops: readonly MixedShop[], call: (shop: MixedShop) => MixedCall): Promise<void> {
    for (let made = 0; made < count; made += rowItems) {
      const shop = shops[(made / rowItems) % shops.length];
      if (shop === undefined) continue;
      const envelopes = Array.from({ length: rowItems }, () => shop.envelope(call(shop), Date.now()));
      await this.#pool.query(
        `insert into intake (shard, batch_id, lane, received_at, n, body) values ($1, $2, 0, now(), $3, $4)`,
        [(envelopes[0]?.shopId ?? 0) % shards, this.#batchId++, rowItems, encodeBatch(envelopes)],
      );
    }
  }
}

/** As the worker runs them: one here, one in the helper's thread, which stays warm from drain to drain as it does there. */
class Appliers {
  readonly database: BenchDatabase;
  readonly #helper: Helper;
  #applied: (items: number) => void = () => undefined;

  constructor(database: BenchDatabase) {
    this.database = database;
    const onApplied = (items: number): void => this.#applied(items);
    this.#helper = openHelper({ url: database.url, shards, keys, onFault, onApplied });
  }

  /** Applies until told that it is enough. */
  async until(isEnough: (items: number) => boolean): Promise<void> {
    const enough = new Promise<void>((resolve) => {
      this.#applied = (items) => void (isEnough(items) && resolve());
    });
    const applier = startApplier({
      connect: () => openClient(this.database.url, { pipeline: true }),
      claims: postgresClaims,
      shards,
      keys,
      helper: this.#helper,
      onFault,
      onApplied: (items) => this.#applied(items),
    });
    await enough;
    await applier.stop();
  }

  stop(): Promise<void> {
    return this.#helper.stop();
  }
}

function onFault(event: string, error: unknown): void {
  process.stderr.write(`${event} ${String(error)}\n`);
}

async function drain(appliers: Appliers, count: number, options: BenchOptions): Promise<Drained> {
  const { database } = appliers;
  const admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  await admin.query('checkpoint');
  if (options.statements) await countStatements(admin);
  const before = { node: ownCpu(), pg: postgresCpu(database.dataDir), at: performance.now() };
  let left = count;
  let halfway: Promise<unknown> | null = null;
  let pgAt: number | null = null;
  await appliers.until((items) => {
    left -= items;
    if (left < count / 2) halfway ??= admin.query('checkpoint');
    if (left > 0) return false;
    // while the appliers' connections still count
    pgAt ??= postgresCpu(database.dataDir);
    return true;
  });
  const seconds = (performance.now() - before.at) / 1000;
  const nodeMicros = (ownCpu() - before.node) / count;
  const pgMicros = ((pgAt ?? Number.NaN) - before.pg) / count;
  await halfway;
  if (options.statements) await printStatements(admin, count);
  await admin.end();
  return { rate: count / seconds, nodeMicros, pgMicros };
}
