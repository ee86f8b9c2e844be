import { type RawBuilder, sql } from 'kysely';
import { instantOf } from '#domain/time.ts';

/** Whole days of a zone, both included; without bounds, all of time. */
export function dayRange(
  column: RawBuilder<unknown>,
  { from, to }: { readonly from?: string | undefined; readonly to?: string | undefined },
  zone: string,
): RawBuilder<boolean> {
  const edge = (date: string, end: 'start' | 'end'): Date => new Date(instantOf({ date }, 0, zone, end));
  const since = from === undefined ? sql`true` : sql`${column} >= ${edge(from, 'start')}`;
  const until = to === undefined ? sql`true` : sql`${column} <= ${edge(to, 'end')}`;
  return sql<boolean>`${since} and ${until}`;
}
