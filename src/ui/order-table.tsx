import { Badge, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Fragment, useState } from 'react';
import type { OrderHistory, OrderRow } from '#contract/orders.ts';
import { api, useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import { Loading, PageError } from './page-state.tsx';
import { OrderStateText } from './pieces.tsx';
import { useText, useWord } from './text.ts';

interface Props {
  readonly shop: number;
  readonly orders: readonly OrderRow[];
  readonly zone: string;
  readonly withProfile: boolean;
}

/** Orders as rows, on a phone as cards; each opens to the states it went through. */
export function OrderTable({ shop, orders, zone, withProfile }: Props) {
  const say = useText();
  const columns = [
    'number',
    'placed',
    'state',
    'validated',
    'amount',
    ...(withProfile ? (['profile'] as const) : []),
  ] as const;
  return (
    <Table className="stack-table" verticalSpacing="sm" highlightOnHover role="table">
      <Table.Thead>
        <Table.Tr role="row">
          {columns.map((column) => (
            <Table.Th key={column} role="columnheader" ta={column === 'amount' ? 'right' : undefined}>
              {say(`orders.col.${column}`)}
            </Table.Th>
          ))}
          <Table.Th role="columnheader" aria-label={say('orders.history')} />
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {orders.map((order) => (
          <OrderLine key={order.id} shop={shop} order={order} zone={zone} withProfile={withProfile} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function OrderLine({ shop, order, zone, withProfile }: Omit<Props, 'orders'> & { order: OrderRow }) {
  const say = useText();
  const format = useFormat(zone);
  const [open, setOpen] = useState(false);
  const validated = order.validated === 'validated';
  return (
    <Fragment>
      <Table.Tr role="row" data-testid="order-row" data-key={order.key}>
        <Table.Td role="cell" data-label={say('orders.col.number')}>
          <Link
            to="/shops/$shopId/orders/$orderId"
            params={{ shopId: String(shop), orderId: String(order.id) }}
            className="text-link strong"
            data-testid="order-number"
          >
            {order.number ?? order.key}
          </Link>
        </Table.Td>
        <Table.Td role="cell" data-label={say('orders.col.placed')}>
          <Text
            size="sm"
            className="nowrap"
            title={`${say('orders.col.received')} ${format.dateTime(order.receivedAt)}`}
          >
            {format.dateTime(order.placedAt)}
          </Text>
        </Table.Td>
        <Table.Td role="cell" data-label={say('orders.col.state')} data-testid="order-state">
          <span>
            <OrderStateText state={order.state} />
          </span>
        </Table.Td>
        <Table.Td
          role="cell"
          data-label={say('orders.col.validated')}
          data-testid="order-validated"
          data-validated={order.validated}
        >
          <span>
            {validated ? (
              <Badge
                color="teal"
                variant="filled"
                tt="none"
                title={
                  order.validatedAt === null
                    ? undefined
                    : say('orders.validatedSince', { date: format.dateTime(order.validatedAt) })
                }
              >
                {say('validation.validated')}
              </Badge>
            ) : (
              <Text size="sm" c="dimmed" component="span">
                {say(`validation.${order.validated}`)}
              </Text>
            )}
          </span>
        </Table.Td>
        <Table.Td
          role="cell"
          data-label={say('orders.col.amount')}
          ta={{ base: 'left', sm: 'right' }}
          data-testid="order-amount"
        >
          <span>
            <span className="amount">{format.money(order.totalMinor, order.currency)}</span>
            {order.refundedMinor > 0 ? (
              <Text size="xs" c="dimmed">
                {say('orders.refunded', { amount: format.money(order.refundedMinor, order.currency) })}
              </Text>
            ) : null}
          </span>
        </Table.Td>
        {withProfile ? (
          <Table.Td role="cell" data-label={say('orders.col.profile')}>
            {order.profileId === null ? (
              <Text size="sm" c="dimmed">
                {say('orders.noProfile')}
              </Text>
            ) : (
              <Link
                to="/shops/$shopId/profiles/$profileId"
                params={{ shopId: String(shop), profileId: String(order.profileId) }}
                className="text-link"
                data-testid="order-profile"
              >
                {order.email ?? say('profile.unnamed', { id: order.profileId })}
              </Link>
            )}
          </Table.Td>
        ) : null}
        <Table.Td role="cell" data-plain="true" className="expand-place">
          <button
            type="button"
            className="expand"
            aria-expanded={open}
            aria-label={`${say('orders.history')} ${order.number ?? order.key}`}
            onClick={() => setOpen(!open)}
            data-testid="order-expand"
          >
            <Icon name="chevron" size={16} />
          </button>
        </Table.Td>
      </Table.Tr>
      {open ? (
        <Table.Tr role="row">
          <Table.Td role="cell" colSpan={withProfile ? 7 : 6} data-plain="true">
            <OrderHistoryList shop={shop} order={order.id} zone={zone} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </Fragment>
  );
}

/** Every state an order went through. */
export function OrderHistoryList({ shop, order, zone }: { shop: number; order: number; zone: string }) {
  const history = useShopQuery(['order', order], shop, (id) => api.orderHistory(id, order));
  if (history.isPending) return <Loading />;
  if (history.isError) return <PageError error={history.error} onRetry={() => void history.refetch()} />;
  return <OrderStates states={history.data.states} zone={zone} />;
}

export function OrderStates({ states, zone }: { states: OrderHistory['states']; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  return (
    <ul className="timeline">
      {states.map((entry) => (
        <li
          key={`${entry.at} ${entry.arrivedAt} ${entry.state.payment} ${entry.state.fulfilment} ${entry.state.cancelled}`}
          data-testid="order-history-row"
        >
          {entry.state.cancelled
            ? say('state.cancelled')
            : `${word('payment', entry.state.payment)}, ${word('fulfilment', entry.state.fulfilment)}`}
          <Text size="xs" c="dimmed">
            {format.dateTime(entry.at)} · {word('source', entry.source.split(':')[0] ?? entry.source)}
          </Text>
        </li>
      ))}
    </ul>
  );
}
