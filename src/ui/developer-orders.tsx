import { Table } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import type { OrderRow } from '#contract/orders.ts';
import { developerApi, developerKey } from './developer-api.ts';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import { OrderStates } from './order-table.tsx';
import { Empty, Loading, PageError } from './page-state.tsx';
import { OrderStateText, Section } from './pieces.tsx';
import { useText } from './text.ts';

const columns = ['received', 'number', 'amount', 'state', 'counts', 'who'] as const;

/** The last orders, as SPREAD's own page has them; each opens to the states it went through. */
export function DeveloperOrders({ zone }: { zone: string }) {
  const say = useText();
  const orders = useQuery({
    queryKey: [...developerKey, 'orders'],
    queryFn: developerApi.orders,
    refetchInterval: 5_000,
  });
  return (
    <Section id="orders" title={say('developer.orders.title')} help={say('developer.orders.help')}>
      {orders.isPending ? <Loading /> : null}
      {orders.isError ? <PageError error={orders.error} onRetry={() => void orders.refetch()} /> : null}
      {orders.data?.orders.length === 0 ? <Empty title={say('developer.orders.none')} /> : null}
      {orders.data === undefined || orders.data.orders.length === 0 ? null : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <section className="scroll-x" tabIndex={0} aria-label={say('developer.orders.title')}>
          <Table>
            <Table.Thead>
              <Table.Tr>
                {columns.map((column) => (
                  <Table.Th key={column}>{say(`developer.orders.${column}`)}</Table.Th>
                ))}
                <Table.Th aria-label={say('orders.history')} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {orders.data.orders.map((order) => (
                <OrderLine key={order.id} order={order} zone={zone} />
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </Section>
  );
}

function OrderLine({ order, zone }: { order: OrderRow; zone: string }) {
  const say = useText();
  const format = useFormat(zone);
  const [open, setOpen] = useState(false);
  const name = order.number ?? order.key;
  return (
    <Fragment>
      <Table.Tr data-testid="developer-order" data-key={order.key}>
        <Table.Td>{format.dateTime(order.receivedAt)}</Table.Td>
        <Table.Td>{name}</Table.Td>
        <Table.Td>{format.money(order.totalMinor, order.currency)}</Table.Td>
        <Table.Td>
          <OrderStateText state={order.state} />
        </Table.Td>
        <Table.Td>{say(`validation.${order.validated}`)}</Table.Td>
        <Table.Td>{order.email ?? say('verification.anonymous')}</Table.Td>
        <Table.Td>
          <button
            type="button"
            className="expand"
            aria-expanded={open}
            aria-label={`${say('orders.history')} ${name}`}
            onClick={() => setOpen(!open)}
            data-testid="developer-order-expand"
          >
            <Icon name="chevron" size={16} />
          </button>
        </Table.Td>
      </Table.Tr>
      {open ? (
        <Table.Tr>
          <Table.Td colSpan={columns.length + 1}>
            <States order={order.id} zone={zone} />
          </Table.Td>
        </Table.Tr>
      ) : null}
    </Fragment>
  );
}

function States({ order, zone }: { order: number; zone: string }) {
  const states = useQuery({
    queryKey: [...developerKey, 'orders', order],
    queryFn: () => developerApi.orderStates(order),
  });
  if (states.isPending) return <Loading />;
  if (states.isError) return <PageError error={states.error} onRetry={() => void states.refetch()} />;
  return <OrderStates states={states.data.states} zone={zone} />;
}
