/** What the first start on a database makes: a shop with its keys, the demo shop, and who may sign in. */
import type { ClientBase } from 'pg';
import { createSignInLink } from '#store/auth-link.ts';
import { createAdmin, findCredential } from '#store/auth-user.ts';
import { findInstanceValue, keepInstanceValue } from '#store/instance.ts';
import { createShop } from '#store/shop.ts';
import { StartFault } from '#store/start-fault.ts';
import type { Context } from './context.ts';

const setUpLock = 7_702_117;

/** Does nothing on a database that was set up before; processes that start at once wait for each other. */
export async function setUp(context: Context): Promise<void> {
  const { config, keys } = context;
  const { first } = config;
  await inTransaction(context, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [setUpLock]);
    const { rows } = await client.query(`select from instance where key = 'set_up'`);
    if (rows.length > 0) return;
    await createShop(client, keys, {
      name: first.shopName,
      domains: first.shopDomains,
      ...(first.shopPublicKey === null ? {} : { publicKey: first.shopPublicKey }),
      ...(first.shopPrivateKey === null ? {} : { privateKey: first.shopPrivateKey }),
    });
    if (first.demo) await createShop(client, keys, { name: 'Démo', demo: true });
    await createAdmin(client, { email: first.adminEmail, password: first.adminPassword });
    await keepInstanceValue(client, 'set_up', { at: new Date(context.now()).toISOString(), admin: first.adminEmail });
  });
}

/**
 * Path of a link that signs the first administrator in once, for an hour; null when a password opens the account, unless `always`
 * (for who lost it: whoever runs commands here holds everything anyway).
 */
export async function makeSignInLink(context: Context, always: boolean): Promise<string | null> {
  const done = await findInstanceValue(context.pool, 'set_up');
  const email = typeof done === 'object' && done !== null && 'admin' in done ? String(done.admin) : null;
  const credential = email === null ? null : await findCredential(context.pool, email);
  if (credential === null || (credential.passwordHash !== null && !always)) return null;
  return createSignInLink(context.pool, credential.userId, context.now(), { skipsSecondFactor: always });
}

async function inTransaction(context: Context, work: (client: ClientBase) => Promise<void>): Promise<void> {
  const client = await context.pool.connect();
  try {
    await client.query('begin');
    await work(client);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw new StartFault(`The first shop could not be made: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  } finally {
    client.release();
  }
}
