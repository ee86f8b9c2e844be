/** For tests: a whole shop from the database, as a world that rules and checks can ask anything. */
import { basisId, type ProfileId, profileId, type Seq, type ShopId } from '#domain/ids.ts';
import type { ShopWorld } from '#domain/world.ts';
import type { HistoryRow, Need } from '#domain/world-rows.ts';
import { openClient } from '#store/db.ts';
import { hashAddress, hideReference, type Keys } from '#store/secret.ts';
import { loadNeeds, loadShops, worldOf } from '../load.ts';

export async function loadEverything(url: string, shop: ShopId, keys: Keys): Promise<ShopWorld> {
  const client = openClient(url, { pipeline: true });
  await client.connect();
  try {
    const rows = (await loadShops(client, [shop])).get(shop);
    if (rows === undefined) throw new Error(`no shop ${shop}`);
    const profiles = await client.query('select id, email_norm from profile where shop_id = $1', [shop]);
    const orders = await client.query('select key from orders where shop_id = $1', [shop]);
    const needs: Need[] = orders.rows.map(({ key }) => ({ what: 'order', reference: key }));
    for (const { id, email_norm: email } of profiles.rows) {
      needs.push({ what: 'profile', id: profileId(id) }, { what: 'acts', id: profileId(id) });
      if (email !== null) needs.push({ what: 'email', email }, { what: 'address', key: `email:${email}` });
    }
    const carts = await client.query('select ref from cart where shop_id = $1', [shop]);
    needs.push(...carts.rows.map(({ ref }): Need => ({ what: 'cart', ref })));
    await loadNeeds(client, new Map([[rows, needs]]), {
      hash: (id, key) => hashAddress(keys, id, key),
      hide: (id, reference) => hideReference(keys, id, reference),
    });
    const nothing = (): never => {
      throw new Error('a loaded world makes nothing new');
    };
    const world = worldOf(rows, {
      profileId: nothing,
      orderId: nothing,
      subjectKey: nothing,
      readToken: () => null,
      hideReference: nothing,
    });
    const history = await client.query('select * from basis_history where shop_id = $1 order by seq, n', [shop]);
    for (const row of history.rows) world.addHistory(historyRow(row));
    return world;
  } finally {
    await client.end();
  }
}

function historyRow(row: Record<string, unknown>): HistoryRow {
  return {
    profileId: row.profile_id as ProfileId,
    basisId: basisId(row.basis_id as number),
    seq: BigInt(String(row.seq)) as Seq,
    n: row.n as number,
    from: row.from_status as HistoryRow['from'],
    to: row.to_status as HistoryRow['to'],
    cause: row.cause as HistoryRow['cause'],
    source: row.source as string,
    at: (row.at as Date).getTime(),
    arrivedAt: (row.arrived_at as Date).getTime(),
    settingsVersion: row.settings_version as number,
    channels: row.channels as HistoryRow['channels'],
    subjectKey: row.subject_key as string,
    textVersion: row.text_version as number,
    evidence: null,
  };
}
