import { Alert, Anchor, Button, Group, Paper, Select, Text, TextInput } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { OrderQuery } from '#contract/orders.ts';
import { api, useMay } from './api.ts';
import { ExportMenu } from './export-menu.tsx';
import { OrderTable } from './order-table.tsx';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { SearchRow } from './search-row.tsx';
import { useText } from './text.ts';

export function OrdersPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const opened = useSearch({ from: '/shell/shops/$shopId/orders' });
  const [asked, setAsked] = useState<OrderQuery>(opened);
  const list = useInfiniteQuery({
    queryKey: ['shop', shop, 'orders', asked],
    queryFn: ({ pageParam }) => api.orders(shop, pageParam === '' ? asked : { ...asked, after: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
  });
  const [first] = list.data?.pages ?? [];
  const orders = list.data?.pages.flatMap((page) => page.orders) ?? [];
  const narrowed = Object.entries(asked).some(([name, value]) => name !== 'sort' && value !== undefined);
  return (
    <>
      <PageTitle title={say('orders.title')} lead={say('orders.lead')}>
        <ExportMenu shop={shop} asked={{ kind: 'orders', filter: asked }} />
      </PageTitle>
      <OrderFilters asked={asked} onAsk={setAsked} narrowed={narrowed} />
      {list.isPending ? <Loading /> : null}
      {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
      {first?.neverPaid ? <NeverPaid shop={shop} /> : null}
      {first !== undefined && orders.length === 0 ? <Nothing narrowed={narrowed} more={list.hasNextPage} /> : null}
      {first !== undefined && orders.length > 0 ? (
        <Paper withBorder p={{ base: 'md', sm: 'xs' }}>
          <OrderTable shop={shop} orders={orders} zone={first.zone} withProfile />
        </Paper>
      ) : null}
      {list.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            data-testid="orders-more"
          >
            {say('orders.more')}
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function Nothing({ narrowed, more }: { narrowed: boolean; more: boolean }) {
  const say = useText();
  if (!narrowed) return <Empty title={say('orders.empty')}>{say('orders.emptyHelp')}</Empty>;
  return <Empty title={say(more ? 'orders.noneYet' : 'orders.none')} />;
}

function NeverPaid({ shop }: { shop: number }) {
  const say = useText();
  const may = useMay(shop);
  return (
    <Alert color="yellow" variant="light" mb="md">
      <Text size="sm">{say('orders.notPaidHint')}</Text>
      {may('settings.change') ? (
        <Anchor
          size="sm"
          renderRoot={(props) => (
            <Link {...props} to="/shops/$shopId/tracker" params={{ shopId: String(shop) }} hash="validation" />
          )}
        >
          {say('orders.notPaidAction')}
        </Anchor>
      ) : null}
    </Alert>
  );
}

interface FiltersProps {
  readonly asked: OrderQuery;
  readonly narrowed: boolean;
  onAsk(asked: OrderQuery): void;
}

const states = ['placed', 'paid', 'shipped', 'cancelled'] as const;
const counts = ['validated', 'open'] as const;
const sorts = ['received', 'placed'] as const;

function OrderFilters({ asked, narrowed, onAsk }: FiltersProps) {
  const say = useText();
  const [typed, setTyped] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onAsk({ ...asked, search: typed.trim() || undefined });
  };
  const clear = () => {
    setTyped('');
    onAsk({ sort: asked.sort });
  };
  return (
    <form onSubmit={submit}>
      <SearchRow
        label={say('orders.search')}
        action={say('orders.searchShort')}
        typed={typed}
        onType={setTyped}
        testId="order-search"
      />
      <Group align="flex-end" gap="sm" mb="lg">
        <Select
          label={say('orders.sort')}
          w={170}
          allowDeselect={false}
          value={asked.sort ?? 'received'}
          data={sorts.map((value) => ({ value, label: say(`orders.sort.${value}`) }))}
          onChange={(value) => onAsk({ ...asked, sort: sorts.find((known) => known === value) })}
          data-testid="order-sort"
        />
        <Select
          label={say('orders.filter.counts')}
          w={150}
          clearable
          placeholder={say('orders.filter.all')}
          value={asked.counts ?? null}
          data={counts.map((value) => ({ value, label: say(`orders.filter.${value}`) }))}
          onChange={(value) => onAsk({ ...asked, counts: counts.find((known) => known === value) })}
          data-testid="order-counts"
        />
        <Select
          label={say('orders.filter.state')}
          w={150}
          clearable
          placeholder={say('orders.filter.all')}
          value={asked.state ?? null}
          data={states.map((value) => ({ value, label: say(`state.${value}`) }))}
          onChange={(value) => onAsk({ ...asked, state: states.find((known) => known === value) })}
          data-testid="order-state-filter"
        />
        <TextInput
          label={say('orders.filter.from')}
          type="date"
          value={asked.from ?? ''}
          onChange={(event) => onAsk({ ...asked, from: event.currentTarget.value || undefined })}
        />
        <TextInput
          label={say('orders.filter.to')}
          type="date"
          value={asked.to ?? ''}
          onChange={(event) => onAsk({ ...asked, to: event.currentTarget.value || undefined })}
        />
        {narrowed ? (
          <Button variant="subtle" onClick={clear} data-testid="order-filters-clear">
            {say('orders.filter.clear')}
          </Button>
        ) : null}
      </Group>
    </form>
  );
}
