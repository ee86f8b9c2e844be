/** How objects read from stores' APIs ended. */
import type { ClientBase } from 'pg';
import { resultOf } from './import-rows.ts';
import type { DecidedItem } from './items.ts';
import { insertStatement, type Row, send } from './set-write.ts';

const counts = insertStatement(
  'pull_count',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'connection_id', type: 'int4' },
    { name: 'kind', type: 'text' },
    { name: 'result', type: 'text' },
    { name: 'n', type: 'int8' },
  ],
  '(shop_id, connection_id, kind, result) do update set n = pull_count.n + excluded.n',
);

/** Items that came for the first time; one that came again, after a stop, was counted then. */
export function writePullCounts(client: ClientBase, items: readonly DecidedItem[]): Promise<unknown>[] {
  const sums = new Map<string, { readonly row: Row; n: number }>();
  for (const decided of items) {
    const { source, shopId, deliveryKey } = decided.item.envelope;
    const [, connection, kind] = /^pull(\d+):(history|reconcile):/.exec(deliveryKey ?? '') ?? [];
    if (source.kind !== 'pull' || decided.repeated || connection === undefined || kind === undefined) continue;
    const result = resultOf(decided);
    const place = `${shopId} ${connection} ${kind} ${result}`;
    const sum = sums.get(place) ?? { row: [shopId, Number(connection), kind, result], n: 0 };
    sum.n += 1;
    sums.set(place, sum);
  }
  return send(
    client,
    counts,
    [...sums.values()].map(({ row, n }) => [...row, n]),
  );
}
