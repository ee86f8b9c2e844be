import { Alert, Anchor, Paper, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { api, useShopQuery } from './api.ts';
import { OrderTable } from './order-table.tsx';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { useText } from './text.ts';

export function OrdersPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const list = useShopQuery(['orders'], shop, api.orders);
  return (
    <>
      <PageTitle title={say('orders.title')} lead={say('orders.lead')} />
      {list.isPending ? <Loading /> : null}
      {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.data?.neverPaid ? (
        <Alert color="yellow" variant="light" mb="md">
          <Text size="sm">{say('orders.notPaidHint')}</Text>
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link {...props} to="/shops/$shopId/tracker" params={{ shopId: String(shop) }} hash="validation" />
            )}
          >
            {say('orders.notPaidAction')}
          </Anchor>
        </Alert>
      ) : null}
      {list.data?.orders.length === 0 ? <Empty title={say('orders.empty')}>{say('orders.emptyHelp')}</Empty> : null}
      {list.data !== undefined && list.data.orders.length > 0 ? (
        <Paper withBorder p={{ base: 'md', sm: 'xs' }}>
          <OrderTable shop={shop} orders={list.data.orders} zone={list.data.zone} withProfile />
        </Paper>
      ) : null}
    </>
  );
}
