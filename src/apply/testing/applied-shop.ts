/** For tests: a shop in a real database, items put into its intake, and one applier's hand to apply them with. */
import type pg from 'pg';
import type { Fact } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Lane } from '#intake/engine.ts';
import { type Envelope, encodeBatch } from '#intake/envelope.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import type { TestDatabase } from '#store/test-database.ts';
import { applyBatch, type BatchTools } from '../batch.ts';
import { applyTools } from '../items.ts';
import { Pace } from '../pace.ts';

export const keys = deriveKeys('a key for tests, and for tests only');
export const arrival = Date.parse('2026-05-01T10:00:00Z');
export const shardCount = 4;

/** Of all shops of a test file: ids of micro-batches never meet. */
let batches = 0;

export class AppliedShop {
  readonly base: TestDatabase;
  readonly id: ShopId;
  readonly tools: BatchTools;
  readonly faults: string[] = [];
  client: pg.Client;

  private constructor(base: TestDatabase, id: ShopId, client: pg.Client) {
    this.base = base;
    this.id = id;
    this.client = client;
    this.tools = {
      ...applyTools(keys),
      claims: postgresClaims,
      shards: Array.from({ length: shardCount }, (_, shard) => shard),
      days: new Set(),
      pace: new Pace(),
      onFault: (event) => this.faults.push(event),
    };
  }

  static async open(base: TestDatabase, domains: readonly string[] = []): Promise<AppliedShop> {
    const { shopId } = await createShop(base.pool, keys, { name: 'Applied', domains });
    return new AppliedShop(base, shopId, await connect(base));
  }

  get shard(): number {
    return this.id % shardCount;
  }

  async reconnect(): Promise<void> {
    await this.client.end().catch(() => undefined);
    this.client = await connect(this.base);
    this.tools.days.clear();
  }

  async close(): Promise<void> {
    await this.client.end().catch(() => undefined);
  }

  /** An order as the shop's server states it. */
  order(key: string, more: Partial<Envelope> = {}, state = 20): Envelope {
    const text = `data[order_idorder]=${key}&data[customer_email]=p${key}@example.test&data[order_amount]=10&data[order_state]=${state}`;
    return { ...this.#envelope('v1/CreateOrder', text), ...more };
  }

  /** An order as a page of this host states it. */
  trackedOrder(key: string, pageHost: string): Envelope {
    const text = `action=order&idorder=${key}&email=p${key}@example.test&amount=10.00&state=20`;
    return { ...this.#envelope('track', text), source: { kind: 'browser' }, mayRead: false, pageHost };
  }

  /** What staff state in the back office. */
  staff(...facts: readonly Partial<Fact>[]): Envelope {
    return { ...this.#envelope('own', JSON.stringify({ facts })), source: { kind: 'staff', userId: '7' } };
  }

  /** Puts a micro-batch into the shard of its first item; answers its id. `again`: under an id used before. */
  async append(envelopes: readonly Envelope[], again?: number, lane: Lane = 'live'): Promise<number> {
    const batchId = again ?? ++batches;
    await this.appendBytes(encodeBatch(envelopes), envelopes.length, batchId, lane);
    return batchId;
  }

  async appendBytes(body: Buffer, items: number, batchId = ++batches, lane: Lane = 'live'): Promise<number> {
    await this.base.pool.query(
      'insert into intake (shard, batch_id, lane, received_at, n, body) values ($1, $2, $3, now(), $4, $5)',
      [this.shard, batchId, lane === 'live' ? 0 : 1, items, body],
    );
    return batchId;
  }

  async apply(client: pg.Client = this.client): Promise<void> {
    await applyBatch(client, this.tools, 1000);
  }

  /** Rows of the shop, each as one value when `select` names one column. */
  async rows(table: string, select: string, order = '1'): Promise<unknown[]> {
    const { rows, fields } = await this.base.pool.query({
      text: `select ${select} from ${table} where shop_id = $1 order by ${order}`,
      values: [this.id],
      rowMode: 'array',
    });
    return fields.length === 1 ? rows.map(([value]) => value) : rows;
  }

  /** Micro-batches of its shard that still wait. */
  async waiting(): Promise<number> {
    const { rows } = await this.base.pool.query('select count(*)::int as n from intake where shard = $1', [this.shard]);
    return rows[0].n;
  }

  #envelope(format: string, text: string): Envelope {
    return {
      shopId: this.id,
      format,
      arrivedAt: arrival,
      source: { kind: 'server' },
      pageHost: null,
      mayRead: true,
      test: false,
      headers: {},
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: Buffer.from(text),
    };
  }
}

async function connect(base: TestDatabase): Promise<pg.Client> {
  const client = openClient(base.url, { pipeline: true });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}
