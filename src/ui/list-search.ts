/** What lists take from their address: a chart opens what it shows. Never what somebody searched for, which names people. */
interface DaySearch {
  /** Days of the shop, `YYYY-MM-DD`, both included. */
  readonly from?: string;
  readonly to?: string;
}

export type ProfileSearch = DaySearch;

export interface OrderSearch extends DaySearch {
  readonly sort?: 'placed';
}

export interface FeedSearch {
  readonly outcome?: string;
  readonly kind?: string;
}

type Given = Readonly<Record<string, unknown>>;

export function readProfileSearch(given: Given): ProfileSearch {
  const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined);
  const [from, to] = [day(given.from), day(given.to)];
  return { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
}

export function readOrderSearch(given: Given): OrderSearch {
  return { ...(given.sort === 'placed' ? { sort: 'placed' } : {}), ...readProfileSearch(given) };
}

export function readFeedSearch({ outcome, kind }: Given): FeedSearch {
  const isCode = (value: unknown) => typeof value === 'string' && /^[a-z_]{1,40}$/.test(value);
  return { ...(isCode(outcome) ? { outcome: String(outcome) } : {}), ...(isCode(kind) ? { kind: String(kind) } : {}) };
}
