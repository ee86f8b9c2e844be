import { Badge, Card, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { countLimit } from '#contract/lists.ts';
import type { ShopSummary } from '#contract/session.ts';
import { useMe } from './api.ts';
import { useFormat } from './format.ts';
import { Empty, PageTitle } from './page-state.tsx';
import { firstSection } from './sections.ts';
import { useText } from './text.ts';

export function ShopsPage() {
  const say = useText();
  const shops = useMe().data?.shops ?? [];
  return (
    <>
      <PageTitle title={say('shops.title')} />
      {shops.length === 0 ? <Empty title={say('shops.empty')}>{say('shops.emptyHelp')}</Empty> : null}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {shops.map((shop) => (
          <ShopCard key={shop.id} shop={shop} />
        ))}
      </SimpleGrid>
    </>
  );
}

function ShopCard({ shop }: { shop: ShopSummary }) {
  const say = useText();
  const format = useFormat(shop.zone);
  const counted = (count: number, name: 'shops.orders' | 'shops.profiles') =>
    count > countLimit ? say(`${name}Many`, { count: countLimit }) : say(name, { count });
  return (
    <Card
      withBorder
      renderRoot={(props) => <Link {...props} to={firstSection(shop.role)} params={{ shopId: String(shop.id) }} />}
      className="card-link"
      data-testid="shop-card"
    >
      <Group justify="space-between" wrap="nowrap" mb={6}>
        <Title order={2} size="h4">
          {shop.name}
        </Title>
        {shop.demo ? <Badge variant="light">{say('shops.demo')}</Badge> : null}
      </Group>
      <Text size="sm" c="dimmed">
        {shop.installedAt === null
          ? say('shops.notInstalled')
          : say('shops.installed', { date: format.date(shop.installedAt) })}
      </Text>
      <Text size="sm" mt="sm" title={say('shops.countsHelp')}>
        {counted(shop.orders, 'shops.orders')} · {counted(shop.profiles, 'shops.profiles')}
      </Text>
    </Card>
  );
}
