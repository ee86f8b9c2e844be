/** The written examples of the rules, through the doors and appliers that exist: what a shop sends goes over HTTP, the rest into intake. */
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadEverything } from '#apply/testing/load-everything.ts';
import type { ShopId } from '#domain/ids.ts';
import { legacyCall, readLegacy } from '#domain/testing/legacy-call.ts';
import { differences, type Scenario } from '#domain/testing/scenario-check.ts';
import { type Step, sourceOf } from '#domain/testing/scenario-facts.ts';
import { ScenarioShop } from '#domain/testing/scenario-shop.ts';
import { hostAllowed } from '#domain/trust.ts';
import { encodeBatch } from '#intake/envelope.ts';
import { deriveKeys, type Keys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { mintToken } from '#store/token.ts';
import { startTestProgram, type TestProgram, testSecretKey } from './harness.ts';

const scenarios: readonly Scenario[] = JSON.parse(
  readFileSync(new URL('../src/domain/fixtures/scenarios.json', import.meta.url), 'utf8'),
);
/** Ways in that have no door yet: connected stores, imports; and erasing. */
const later = (step: Step) => step.via.startsWith('store.') || step.via === 'import' || step.data.does === 'erase';
const through = scenarios.filter(({ before, steps }) => ![...(before ?? []), ...steps].some(later));

let clock = Date.parse('2026-01-01T00:00:00Z');
let program: TestProgram;
let listener: pg.Client;
let keys: Keys;
const shops = new Map<string, ShopId>();

beforeAll(async () => {
  keys = deriveKeys(testSecretKey);
  program = await startTestProgram({ DEMO: 'off' }, () => clock);
  listener = new pg.Client({ connectionString: program.base.ownerUrl });
  await listener.connect();
  await listener.query('listen applied');
  for (const { id } of through) {
    const { shopId } = await createShop(program.base.pool, keys, {
      name: id,
      publicKey: id,
      privateKey: privateKey(id),
    });
    shops.set(id, shopId);
  }
});

afterAll(async () => {
  await listener.end();
  await program.stop();
});

describe('scenarios through the doors', () => {
  it('covers most of them', () => {
    expect(through.length).toBeGreaterThan(35);
  });

  for (const scenario of through) {
    it(`${scenario.id}: ${scenario.title} (${scenario.rule})`, async () => {
      const shop = await openShop(scenario);
      for (const step of [...(scenario.before ?? []), ...scenario.steps]) {
        const { word, reasons } = await shop.deliver(step);
        const said = `${step.via} ${JSON.stringify(step.data)}`;
        if (step.outcome?.word !== undefined) expect(word, said).toBe(step.outcome.word);
        if (step.outcome?.reason !== undefined) expect(reasons, said).toContain(step.outcome.reason);
      }
      expect(differences(await shop.look(), scenario.expect)).toEqual([]);
    });
  }
});

function privateKey(id: string): string {
  return `${id}-private-key`;
}

interface OpenShop {
  deliver(step: Step): Promise<{ word: string; reasons: readonly string[] }>;
  look(): Promise<ScenarioShop>;
}

/** A shop of its own with the scenario's settings, known to the program. */
async function openShop(scenario: Scenario): Promise<OpenShop> {
  const { pool } = program.base;
  const shopId = shops.get(scenario.id);
  if (shopId === undefined) throw new Error(`no shop was made for ${scenario.id}`);
  const mirror = new ScenarioShop(scenario.shop, readLegacy);
  await pool.query('update shop_settings set body = $2 where shop_id = $1', [shopId, mirror.world.settings]);
  let delivered = 0;

  const look = async (): Promise<ScenarioShop> => {
    mirror.world = await loadEverything(program.base.ownerUrl, shopId, keys);
    return mirror;
  };
  const deliver = async (step: Step): Promise<{ word: string; reasons: readonly string[] }> => {
    clock = Date.parse(step.arrives);
    const tokens = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replace(/\{token:(\w+)\}/g, (_, browser: string) => tokenOf(shopId, browser)));
    if (step.via === 'track' || step.via.startsWith('v1.'))
      await call(scenario.id, { ...step, data: tokens(step.data) });
    else await append(shopId, step, (await look()).facts(step, step.arrives));
    delivered += 1;
    return outcome(shopId, delivered, step.via === 'settings');
  };
  return { deliver, look };
}

const tokens = new Map<string, string>();
function tokenOf(shop: ShopId, browser: string): string {
  const known = tokens.get(`${shop} ${browser}`) ?? mintToken(keys, shop, 'sbt', clock);
  tokens.set(`${shop} ${browser}`, known);
  return known;
}

async function call(key: string, step: Step): Promise<void> {
  const { body } = legacyCall(step.via, step.data);
  const url =
    step.via === 'track'
      ? `${program.url}/track?${body}&site=${key}&source=tracker-js`
      : `${program.url}/api/${step.via.slice(3)}`;
  const authorization = `Basic ${Buffer.from(`${key}:${privateKey(key)}`).toString('base64')}`;
  const answer = await (step.via === 'track'
    ? fetch(url, { headers: { ...step.headers } })
    : fetch(url, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
        body,
      }));
  expect(answer.status, await answer.text()).toBe(200);
}

/** Facts of our own pages, the private-key API, staff and the nightly runs. */
async function append(shopId: ShopId, step: Step, facts: ReturnType<ScenarioShop['facts']>): Promise<void> {
  if (facts === 'rejected') throw new Error(`nothing can be made of ${step.via}`);
  const envelope = {
    shopId,
    format: 'own',
    arrivedAt: clock,
    source: sourceOf(step),
    pageHost: null,
    mayRead: true,
    test: false,
    headers: {},
    ip: null,
    minted: null,
    door: 'accepted',
    deliveryKey: null,
    raw: Buffer.from(JSON.stringify({ facts })),
  } as const;
  const batch = (clock - Date.parse('2025-01-01T00:00:00Z')) * 64 + (shopId % 64);
  await program.base.pool.query(
    `with added as (insert into intake (shard, batch_id, lane, received_at, n, body) values ($1, $2, 0, now(), 1, $3))
     select pg_notify('intake', $1::text)`,
    [shopId % 4, batch, encodeBatch([envelope])],
  );
}

/** The outcome of the shop's newest item, once it has as many as were delivered; after new settings, once their work is done. */
async function outcome(
  shop: ShopId,
  delivered: number,
  settings: boolean,
): Promise<{ word: string; reasons: readonly string[] }> {
  const { pool } = program.base;
  for (;;) {
    const heard = new Promise((resolve) => listener.once('notification', resolve));
    const { rows } = await pool.query(
      'select outcome, reasons from journal where shop_id = $1 order by received_at desc, seq desc',
      [shop],
    );
    const done = rows.length >= delivered && (!settings || (await isSettled(shop)));
    if (done) return { word: rows[0].outcome, reasons: rows[0].reasons };
    await heard;
  }
}

async function isSettled(shop: ShopId): Promise<boolean> {
  const { pool } = program.base;
  const redecide = await pool.query('select from redecide where shop_id = $1', [shop]);
  const held = await pool.query('select distinct host from held_origin where shop_id = $1', [shop]);
  const settings = await pool.query('select body from shop_settings where shop_id = $1 order by version desc limit 1', [
    shop,
  ]);
  return redecide.rows.length === 0 && !held.rows.some(({ host }) => hostAllowed(host, settings.rows[0].body.domains));
}
