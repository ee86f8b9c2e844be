/** What the list of orders takes from its address: a chart opens the days it shows. Never what somebody searched for, which names people. */
export interface OrderSearch {
  readonly sort?: 'placed';
  /** Days of the shop, `YYYY-MM-DD`, both included. */
  readonly from?: string;
  readonly to?: string;
}

export function readOrderSearch(search: Readonly<Record<string, unknown>>): OrderSearch {
  const day = (value: unknown) => (typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? value : undefined);
  const [from, to] = [day(search.from), day(search.to)];
  return {
    ...(search.sort === 'placed' ? { sort: 'placed' } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
