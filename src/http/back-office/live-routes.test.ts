/** The stream of what a shop sends: each row once, to whoever may see it, for as long as they may. */
import { request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { VerificationRow } from '#contract/verification.ts';
import { openPool } from '#store/db.ts';
import { createShop } from '#store/shop.ts';
import { openTestBackOffice, type Speaker, type TestBackOffice } from './testing/back-office.ts';

let office: TestBackOffice;
let camille: Speaker & { readonly id: string };
let theirs: number;
let lastSeq = 1024n;

beforeAll(async () => {
  office = await openTestBackOffice();
  const { pool } = office.database;
  await pool.query(
    `select ensure_journal_day(d::date) from generate_series(now() - interval '1 day', now() + interval '1 day', '1 day') d`,
  );
  camille = await office.admin('camille@localhost');
  theirs = (await createShop(pool, office.keys, { name: 'La leur' })).shopId;
  await office.app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => office.close());

/** What apply would have written. */
async function writeJournal(row: { shop?: number; effects?: object } = {}): Promise<string> {
  const { pool } = office.database;
  const shop = row.shop ?? office.shop;
  const seq = String(++lastSeq);
  await pool.query(
    `insert into journal (shop_id, received_at, seq, source, format, kind, facts, outcome, effects)
     values ($1, $5, $2, 'browser', 'track', 'order', $3, 'applied', $4)`,
    [
      shop,
      seq,
      JSON.stringify([{ type: 'order', person: { email: 'a@b.example' } }]),
      JSON.stringify(row.effects ?? {}),
      new Date(),
    ],
  );
  await pool.query(`select pg_notify('applied', $1)`, [JSON.stringify({ shop: [shop] })]);
  return seq;
}

/** The `rows` events of the stream, one after the other; `over`: the server said that it may not go on, and ended it. */
function openStream(cookie: string) {
  const { port } = office.app.server.address() as AddressInfo;
  const events: VerificationRow[][] = [];
  const waiting: ((rows: VerificationRow[]) => void)[] = [];
  let text = '';
  let told = '';
  const outgoing = httpRequest({ port, path: `/api/shops/${office.shop}/live`, headers: { cookie } });
  outgoing.on('error', () => undefined);
  const over = new Promise<boolean>((resolve) => {
    outgoing.on('response', (answer) => {
      answer.setEncoding('utf8');
      answer.on('data', (chunk: string) => {
        text += chunk;
        told += chunk;
        const parts = text.split('\n\n');
        text = parts.pop() ?? '';
        for (const part of parts) {
          const data = /^event: rows\ndata: (.*)$/m.exec(part)?.[1];
          if (data === undefined) continue;
          const rows: VerificationRow[] = JSON.parse(data);
          const next = waiting.shift();
          if (next === undefined) events.push(rows);
          else next(rows);
        }
      });
      answer.on('error', () => undefined);
      answer.on('close', () => resolve(told.includes('event: over')));
    });
  });
  outgoing.end();
  return {
    rows: () => {
      const ready = events.shift();
      return ready === undefined
        ? new Promise<VerificationRow[]>((resolve) => waiting.push(resolve))
        : Promise.resolve(ready);
    },
    over,
    close: () => outgoing.destroy(),
  };
}

test('the stream tells each row once, as it is applied, and no other shop’s', async () => {
  await writeJournal();
  const lines = openStream(camille.cookie());
  const before = await lines.rows();
  expect(before[0]?.who).toBe('a@b.example');
  await writeJournal({ shop: theirs });
  const seq = await writeJournal({
    effects: {
      order: {
        id: 5,
        key: '1042',
        created: true,
        state: { payment: 'paid', fulfilment: 'none', cancelled: false, legacy: 20 },
        before: null,
        validated: true,
        totalMinor: 8990,
        currency: 'EUR',
      },
    },
  });
  const fresh = await lines.rows();
  expect(fresh.map((row) => row.seq)).toEqual([seq]);
  expect(fresh[0]?.order).toMatchObject({ key: '1042', validated: true, totalMinor: 8990 });
  lines.close();
});

test('the stream survives the loss of its connection to the database', async () => {
  const lines = openStream(camille.cookie());
  await lines.rows();
  const owner = openPool(office.database.ownerUrl, { max: 1 });
  const killed = await owner.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where query = 'listen applied' and datname = current_database()",
  );
  expect(killed.rowCount).toBeGreaterThan(0);
  const seq = await writeJournal();
  expect((await lines.rows()).map((row) => row.seq)).toEqual([seq]);
  lines.close();
  await owner.end();
});

test('whoever is removed, sees less from now on, or is signed out has no stream any more, though nothing arrives', async () => {
  const members = `/api/shops/${office.shop}/members`;
  const ends: readonly ((who: Speaker & { readonly id: string }) => Promise<unknown>)[] = [
    ({ id }) => camille.post(`${members}/${id}/remove`),
    ({ id }) => camille.post(`${members}/${id}/role`, { role: 'accountant' }),
    (who) => who.post('/api/sign-out'),
    ({ id }) => office.database.pool.query('delete from app_user where id = $1', [id]),
  ];
  for (const [place, end] of ends.entries()) {
    const who = await office.admin(`sortant${place}@localhost`);
    const lines = openStream(who.cookie());
    await lines.rows();
    await end(who);
    expect([place, await lines.over]).toEqual([place, true]);
  }
});
