/** What Shopify must be answered for real: a person's request for their data, the erasure of a person, and of a store (rules §7). */
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import { emailNormal } from '#domain/email.ts';
import type { Reason } from '#domain/reasons.ts';
import { deleteConnection, type KnownConnection, saveConnectionFault } from '#store/connection.ts';
import { forgetImport } from '#store/import-forget.ts';
import { listHistories } from '#store/pull.ts';
import { askRedaction } from '#store/store-redaction.ts';
import type { Database } from '#store/tables.ts';
import { findStorePeople, hasOpenAccess } from '#views/store-people.ts';
import { findShopSettings } from '#views/v2-shop.ts';
import { isObject, type Json, type JsonObject } from '#wire/json.ts';
import { idOf, objectOf, textOf } from '#wire/shop-values.ts';
import type { Doors } from './doors.ts';
import { stateErasure } from './erasure.ts';
import { takeRequest } from './rights-intake.ts';

export interface PrivacyParts {
  readonly doors: Doors;
  readonly db: Kysely<Database>;
  readonly pool: Pool;
}

/** Shopify waits five seconds for an answer in all; what is stated is durable and is carried out whenever. */
const settleMs = 2_000;

/** Carried out before the answer, so that a store that hears nothing asks again. null: no topic of privacy. */
export async function answerPrivacy(
  parts: PrivacyParts,
  connection: KnownConnection,
  topic: string,
  body: Json,
): Promise<Reason | null> {
  const said = isObject(body) ? body : {};
  switch (topic) {
    case 'customers/data_request':
      await takeDataRequest(parts, connection, said);
      return 'privacy.data_request';
    case 'customers/redact':
      await redact(parts, connection, said);
      return 'privacy.redact';
    case 'shop/redact':
      await redactStore(parts, connection);
      return 'privacy.shop_redact';
    case 'app/uninstalled':
      await saveConnectionFault(parts.pool, connection.shopId, connection.id, 'uninstalled', parts.doors.now());
      return null;
    default:
      return null;
  }
}

interface Asked {
  readonly externalId: string | null;
  readonly email: string | null;
}

function askedFor(said: JsonObject): Asked {
  const customer = objectOf(said.customer);
  const email = textOf(customer.email);
  return { externalId: idOf(customer.id), email: email === null ? null : emailNormal(email) };
}

/** One open request a person: the store asks again until it is answered. */
async function takeDataRequest(
  { doors, db, pool }: PrivacyParts,
  connection: KnownConnection,
  said: JsonObject,
): Promise<void> {
  const { shopId, store } = connection;
  const { externalId, email } = askedFor(said);
  const people = await findStorePeople(pool, shopId, store, externalId, email);
  const address = email ?? people.map((one) => one.email).find((one) => one !== null) ?? null;
  const settings = await findShopSettings(db, shopId);
  if (address === null || settings === null || (await hasOpenAccess(pool, doors.keys, shopId, address))) return;
  const orders = Array.isArray(said.orders_requested) ? said.orders_requested.map((id: Json) => textOf(id) ?? '') : [];
  const request = idOf(objectOf(said.data_request).id);
  const note = [
    `Shopify${request === null ? '' : ` #${request}`}`,
    ...(externalId === null ? [] : [`customer ${externalId}`]),
    ...(orders.length === 0 ? [] : [`orders ${orders.slice(0, 50).join(', ')}`]),
  ].join(' · ');
  await takeRequest(
    pool,
    doors.keys,
    { shopId, zone: settings.settings.zone, cameBy: 'api', by: `store:${store}`, now: doors.now() },
    { kind: 'access', email: address, lang: 'fr', note },
  );
}

/** The store is forgotten with its secrets at once, the people it alone spoke of by a job: there may be many. */
async function redactStore({ doors, pool }: PrivacyParts, connection: KnownConnection): Promise<void> {
  const { id, shopId, store, platform } = connection;
  await askRedaction(pool, { shopId, store, name: platform, askedAt: doors.now() });
  // the report of its history holds objects of people who never became anybody here
  for (const importId of await listHistories(pool, shopId, id)) await forgetImport(pool, shopId, importId, doors.now());
  await deleteConnection(pool, shopId, id);
}

async function redact({ doors, pool }: PrivacyParts, connection: KnownConnection, said: JsonObject): Promise<void> {
  const { shopId, store } = connection;
  const { externalId, email } = askedFor(said);
  const erasure = { engine: doors.engine, settler: doors.settler, settleMs, now: doors.now };
  const orders = Array.isArray(said.orders_to_redact)
    ? said.orders_to_redact.flatMap((id: Json) => idOf(id) ?? [])
    : [];
  const people = await findStorePeople(pool, shopId, store, externalId, email, orders.slice(0, 500));
  await Promise.all(people.map(({ id }) => stateErasure(erasure, { shopId, source: { kind: 'store', store } }, id)));
}
