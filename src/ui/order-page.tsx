import { Badge, Group, SimpleGrid, Stack, Table, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { orderFields } from '#contract/lists.ts';
import type { OrderPage } from '#contract/orders.ts';
import { api, useShopQuery } from './api.ts';
import { CartsSection } from './cart-list.tsx';
import { useFormat } from './format.ts';
import { OrderHistoryList } from './order-table.tsx';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { OrderStateText, Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

/** One order: what it is, whether it counts and why, what was refunded, and who said what. */
export function OrderScreen() {
  const say = useText();
  const params = useParams({ strict: false });
  const shop = Number(params.shopId);
  const id = Number(params.orderId);
  const order = useShopQuery(['orders', 'one', id], shop, (one) => api.order(one, id));
  const format = useFormat(order.data?.zone ?? 'UTC');
  if (order.isPending) return <Loading />;
  if (order.isError) return <PageError error={order.error} onRetry={() => void order.refetch()} />;
  const page = order.data;
  const { placedAt, receivedAt, state, validated } = page.order;
  return (
    <>
      <Link to="/shops/$shopId/orders" params={{ shopId: String(shop) }} className="text-link">
        ← {say('order.back')}
      </Link>
      <PageTitle
        title={page.order.number ?? page.order.key}
        lead={[
          say('order.placed', { date: format.dateTime(placedAt) }),
          say('order.received', { date: format.dateTime(receivedAt) }),
        ].join(' · ')}
      >
        <Group gap="xs" data-testid="order-standing" data-validated={validated}>
          <OrderStateText state={state} />
          <Badge color={validated === 'validated' ? 'teal' : 'gray'} variant="filled" tt="none">
            {say(`validation.${validated}`)}
          </Badge>
        </Group>
      </PageTitle>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg">
        <Stack gap="lg">
          <Details shop={shop} page={page} />
          <Items page={page} />
          <Refunds page={page} />
          {page.carts.length === 0 ? null : (
            <CartsSection carts={page.carts} zone={page.zone} help={say('order.cartsHelp')} />
          )}
        </Stack>
        <Stack gap="lg">
          <Section id="history" title={say('orders.history')}>
            <OrderHistoryList shop={shop} order={id} zone={page.zone} />
          </Section>
          <Said page={page} />
        </Stack>
      </SimpleGrid>
    </>
  );
}

function Details({ shop, page }: { shop: number; page: OrderPage }) {
  const say = useText();
  const format = useFormat(page.zone);
  const { order } = page;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [say('order.total'), <strong key="total">{format.money(order.totalMinor, order.currency)}</strong>],
    [say('order.net'), order.refundedMinor === 0 ? null : format.money(page.netMinor, order.currency)],
    [
      say('order.profile'),
      order.profileId === null ? (
        say('orders.noProfile')
      ) : (
        <Link
          key="profile"
          to="/shops/$shopId/profiles/$profileId"
          params={{ shopId: String(shop), profileId: String(order.profileId) }}
          className="text-link"
          data-testid="order-profile"
        >
          {order.email ?? say('profile.unnamed', { id: order.profileId })}
        </Link>
      ),
    ],
    [say('order.contact'), page.contactEmail === order.email ? null : page.contactEmail],
    [say('order.key'), order.key],
    [say('order.number'), order.number],
    [say('order.namespace'), page.namespace === 'default' ? null : page.namespace],
    ...orderFields.map((name) => [say(`orderText.${name}`), page[name]] as const),
    [say('order.tags'), page.tags.length === 0 ? null : page.tags.join(', ')],
    [
      say('order.attributes'),
      page.attributes.length === 0 ? null : page.attributes.map((group) => group.join(' / ')).join(' · '),
    ],
  ];
  return (
    <Section id="details" title={say('order.details')}>
      <dl className="fields" data-testid="order-details">
        {rows.flatMap(([label, value]) =>
          value === null ? [] : [<dt key={`${label} dt`}>{label}</dt>, <dd key={label}>{value}</dd>],
        )}
      </dl>
    </Section>
  );
}

function Items({ page }: { page: OrderPage }) {
  const say = useText();
  if (page.items.length === 0) return null;
  return (
    <Section id="items" title={say('order.items')}>
      <Table fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{say('order.item')}</Table.Th>
            <Table.Th ta="right">{say('order.quantity')}</Table.Th>
            <Table.Th ta="right">{say('order.unit')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {page.items.map((item, place) => (
            <Table.Tr key={`${item.key ?? item.sku ?? item.name ?? ''} ${String(place)}`}>
              <Table.Td>{item.name ?? item.sku ?? item.key}</Table.Td>
              <Table.Td ta="right">{item.quantity}</Table.Td>
              <Table.Td ta="right">
                {item.unit === null ? '' : `${item.unit.amount} ${item.unit.currency ?? page.order.currency}`}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  );
}

function Refunds({ page }: { page: OrderPage }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  if (page.refunds.length === 0) return null;
  return (
    <Section id="refunds" title={say('order.refunds')}>
      <ul className="timeline">
        {page.refunds.map((refund) => (
          <li key={`${refund.id ?? ''} ${refund.at}`} data-testid="order-refund">
            <Text size="sm">
              {format.money(refund.minor, page.order.currency)} · {refund.id ?? say('order.refund.total')}
            </Text>
            <Text size="xs" c="dimmed">
              {word('refund', refund.status)} · {format.dateTime(refund.at)}
            </Text>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Said({ page }: { page: OrderPage }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(page.zone);
  return (
    <Section id="said" title={say('order.said')} help={say('order.saidHelp')}>
      <ul className="timeline">
        {page.said.map(({ part, rank, at }) => (
          <li key={`${part} ${rank}`} data-testid="order-said" data-part={part} data-rank={rank}>
            <Text size="sm">
              {say('order.said.entry', { part: say(`order.said.${part}`), source: word('source', rank) })}
            </Text>
            {at === null ? null : (
              <Text size="xs" c="dimmed">
                {format.dateTime(at)}
              </Text>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
