/** What items would do, decided by the very rules and written nowhere. */
import type { ClientBase } from 'pg';
import type { Seq } from '#domain/ids.ts';
import type { Envelope } from '#intake/envelope.ts';
import { type Result, reasonsOf, resultOf } from './import-rows.ts';
import { type ApplyTools, type DecidedItem, decideItems, readItem } from './items.ts';

export interface Forecast {
  readonly result: Result;
  readonly reasons: readonly string[];
  /** Refused bases that would go back to unknown. */
  readonly resets: number;
}

/** Each item's end, in order, as if all of them came now. What earlier calls forecast is not there for later ones. */
export async function forecast(
  client: ClientBase,
  envelopes: readonly Envelope[],
  tools: ApplyTools,
): Promise<Forecast[]> {
  await client.query('begin');
  try {
    const items = envelopes.map((envelope, place) => readItem(BigInt(place + 1) as Seq, envelope));
    const { items: decided } = await decideItems(client, items, tools);
    const ends = new Map(
      decided.map((one) => [one.item, { result: resultOf(one), reasons: reasonsOf(one), resets: resetsOf(one) }]),
    );
    return items.map((item) => ends.get(item) ?? { result: 'unchanged', reasons: [], resets: 0 });
  } finally {
    await client.query('rollback');
  }
}

function resetsOf({ outcome }: DecidedItem): number {
  return outcome?.effects.bases.filter(({ from, to }) => from === 'refused' && to === 'unknown').length ?? 0;
}
