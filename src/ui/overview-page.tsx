import { SegmentedControl, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { Overview, OverviewDays } from '#contract/overview.ts';
import { api, useMay } from './api.ts';
import { DayChart, type DayValues, type Series } from './day-chart.tsx';
import { useFormat } from './format.ts';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { useText, useWord } from './text.ts';

const periods: readonly OverviewDays[] = [7, 30, 90];
const palette = ['teal-6', 'indigo-5', 'orange-5', 'grape-5', 'cyan-5', 'lime-6', 'pink-5', 'yellow-6'].map(
  (name) => `var(--mantine-color-${name})`,
);
const [validatedColor = '', , openColor = ''] = palette;
const refusedColors: Readonly<Record<string, string>> = {
  ignored: 'var(--mantine-color-gray-5)',
  rejected: 'var(--mantine-color-orange-6)',
  unreadable: 'var(--mantine-color-red-6)',
};

export function OverviewPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const [days, setDays] = useState<OverviewDays>(30);
  const overview = useQuery({
    queryKey: ['shop', shop, 'overview', days],
    queryFn: () => api.overview(shop, days),
    placeholderData: (before) => before,
  });
  return (
    <>
      <PageTitle title={say('overview.title')} lead={say('overview.lead')}>
        <SegmentedControl
          aria-label={say('overview.days')}
          value={String(days)}
          onChange={(value) => setDays(periods.find((period) => String(period) === value) ?? 30)}
          data={periods.map((period) => ({ value: String(period), label: say(`overview.days.${period}`) }))}
          data-testid="overview-days"
        />
      </PageTitle>
      {overview.isPending ? <Loading /> : null}
      {overview.isError ? <PageError error={overview.error} onRetry={() => void overview.refetch()} /> : null}
      {overview.data === undefined ? null : <Charts shop={shop} overview={overview.data} />}
    </>
  );
}

function Charts({ shop, overview }: { shop: number; overview: Overview }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(overview.zone);
  const { orders, profiles, received, uplift, refused, bases } = overview;
  if ([orders, profiles, received].every((list) => list.length === 0))
    return <Empty title={say('overview.empty')}>{say('overview.emptyHelp')}</Empty>;
  const spread = spreadOver(overview.from, overview.to);
  // noon, so that no zone moves the day
  const showDay = (day: string) => format.dayMonth(Date.parse(`${day}T12:00:00Z`));
  const validity: readonly Series[] = [
    { key: 'validated', label: say('overview.validated'), color: validatedColor },
    { key: 'open', label: say('overview.open'), color: openColor },
  ];
  const keyOf = ({ validated }: { validated: boolean }) => (validated ? 'validated' : 'open');
  const accepted = bases.filter(({ status }) => status === 'accepted');
  const may = useMay(shop);
  const params = { shopId: String(shop) };
  const link = (to: 'gdpr' | 'profiles' | 'verification', search = {}): ReactNode =>
    may(to === 'gdpr' ? 'bases.see' : `${to}.see`) ? (
      <Link to={`/shops/$shopId/${to}`} params={params} search={search} className="text-link">
        {say('overview.list')}
      </Link>
    ) : null;
  const [worst] = [...refused].sort((one, other) => other.n - one.n);
  const ordersLink = may('orders.see') ? (
    <Link
      to="/shops/$shopId/orders"
      params={params}
      search={{ sort: 'placed', from: overview.from, to: overview.to }}
      className="text-link"
    >
      {say('overview.list')}
    </Link>
  ) : null;
  const common = { showDay, showValue: format.number };
  return (
    <Stack gap="lg">
      {[...new Set(orders.map(({ currency }) => currency))].map((currency) => (
        <DayChart
          key={currency}
          id={`chart-turnover-${currency}`}
          title={say('overview.turnover', { currency })}
          help={say('overview.turnoverHelp')}
          series={validity}
          days={spread(
            orders.filter((one) => one.currency === currency),
            keyOf,
            ({ netMinor }) => netMinor,
          )}
          showDay={showDay}
          showValue={(minor) => format.money(minor, currency)}
          link={ordersLink}
        />
      ))}
      <div className="chart-grid">
        <DayChart
          {...common}
          id="chart-orders"
          title={say('overview.orders')}
          help={say('overview.ordersHelp')}
          series={validity}
          days={spread(orders, keyOf, ({ n }) => n)}
          link={ordersLink}
        />
        <DayChart
          {...common}
          id="chart-profiles"
          title={say('overview.profiles')}
          help={say('overview.profilesHelp')}
          series={[{ key: 'new', label: say('overview.new'), color: validatedColor }]}
          days={spread(
            profiles,
            () => 'new',
            ({ n }) => n,
          )}
          link={link('profiles', { from: overview.from, to: overview.to })}
        />
        <DayChart
          {...common}
          id="chart-bases"
          title={say('overview.bases')}
          help={say('overview.basesHelp')}
          series={coloured(accepted.map(({ basis, name }) => [String(basis), name]))}
          days={spread(
            accepted,
            ({ basis }) => String(basis),
            ({ n }) => n,
          )}
          link={link('gdpr')}
        />
        <DayChart
          {...common}
          id="chart-uplift"
          title={say('overview.uplift')}
          help={say('overview.upliftHelp')}
          series={coloured(uplift.map(({ source }) => [source, word('source', source)]))}
          days={spread(
            uplift,
            ({ source }) => source,
            ({ n }) => n,
          )}
          link={link('verification', { kind: 'order' })}
        />
        <DayChart
          {...common}
          id="chart-received"
          title={say('overview.received')}
          help={say('overview.receivedHelp')}
          series={coloured(received.map(({ source }) => [source, word('source', source)]))}
          days={spread(
            received,
            ({ source }) => source,
            ({ n }) => n,
          )}
          link={link('verification')}
        />
        <DayChart
          {...common}
          id="chart-refused"
          title={say('overview.refused')}
          help={say('overview.refusedHelp')}
          series={[...new Set(refused.map(({ outcome }) => outcome))].map((outcome) => ({
            key: outcome,
            label: word('outcome', outcome),
            color: refusedColors[outcome] ?? openColor,
          }))}
          days={spread(
            refused,
            ({ outcome }) => outcome,
            ({ n }) => n,
          )}
          link={link('verification', worst === undefined ? {} : { outcome: worst.outcome })}
        />
      </div>
    </Stack>
  );
}

/** One series for each key, each in a colour of its own. */
function coloured(named: readonly (readonly [string, string])[]): Series[] {
  return [...new Map(named)].map(([key, label], place) => ({
    key,
    label,
    color: palette[place % palette.length] ?? '',
  }));
}

/** Puts rows on every day of a period, also those without any. */
function spreadOver(from: string, to: string) {
  const days: string[] = [];
  for (let at = Date.parse(`${from}T00:00:00Z`); at <= Date.parse(`${to}T00:00:00Z`); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  return <Row extends { readonly day: string }>(
    rows: readonly Row[],
    keyOf: (row: Row) => string,
    countOf: (row: Row) => number,
  ): DayValues[] => {
    const sums = new Map(days.map((day): [string, Record<string, number>] => [day, {}]));
    for (const row of rows) {
      const values = sums.get(row.day);
      if (values !== undefined) values[keyOf(row)] = (values[keyOf(row)] ?? 0) + countOf(row);
    }
    return [...sums].map(([day, values]) => ({ day, values }));
  };
}
