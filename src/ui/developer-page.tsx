import { Anchor, Button, Stack, Table, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DeveloperPage } from '#contract/developer.ts';
import { developerApi, developerKey, developerSource } from './developer-api.ts';
import { DeveloperDoor, useDeveloperPage } from './developer-door.tsx';
import { DeveloperKeysSection } from './developer-keys.tsx';
import { useFormat } from './format.ts';
import { useDocuments } from './installation-api.ts';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { OrderStateText, Section } from './pieces.tsx';
import { SiteCheck } from './site-check.tsx';
import { useLanguage, useText } from './text.ts';
import { VerificationFeed } from './verification-feed.tsx';

export function DeveloperScreen() {
  return <DeveloperDoor>{(page) => <Opened page={page} />}</DeveloperDoor>;
}

function Opened({ page }: { page: DeveloperPage }) {
  const say = useText();
  const format = useFormat(page.zone);
  const queries = useQueryClient();
  const checks = useDeveloperPage();
  const leave = async () => {
    await developerApi.leave();
    await queries.resetQueries({ queryKey: developerKey });
  };
  return (
    <Stack gap="lg" data-testid="developer-page">
      <PageTitle
        title={say('developer.page.of', { shop: page.shop })}
        lead={say('developer.page.lead', { until: format.dateTime(page.until) })}
      >
        <Button variant="default" onClick={() => void leave()} data-testid="developer-leave">
          {say('developer.page.leave')}
        </Button>
      </PageTitle>
      <DeveloperKeysSection page={page} />
      <Documents page={page} />
      <CustomFields page={page} />
      <section aria-labelledby="verification-title" id="verification">
        <VerificationFeed
          title={say('verification.title')}
          lead={say('developer.page.masked')}
          source={developerSource}
          zone={page.zone}
          checks={checks}
          checksWithin={developerKey}
          inPage
        />
      </section>
      <Orders page={page} />
      <SiteCheck check={developerApi.siteCheck} />
    </Stack>
  );
}

function Documents({ page }: { page: DeveloperPage }) {
  const say = useText();
  const language = useLanguage();
  const documents = useDocuments();
  const own = `guides/${page.platform ?? 'other'}`;
  const all = documents.data?.documents ?? [];
  const first = all.filter(({ name }) => name === own);
  const rest = all.filter(({ name }) => name !== own);
  return (
    <Section id="docs" title={say('developer.docs.title')} help={say('developer.docs.help')}>
      {documents.isPending ? <Loading /> : null}
      {documents.isError ? <PageError error={documents.error} onRetry={() => void documents.refetch()} /> : null}
      <ul className="developer-docs" data-testid="developer-docs">
        {[...first, ...rest].map(({ name, titles }) => (
          <li key={name} data-own={name === own || undefined}>
            <Anchor
              size="sm"
              {...(name === own ? { fw: 600 } : {})}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/dev/documents/$folder/$name"
                  params={{ folder: name.split('/')[0] ?? '', name: name.split('/')[1] ?? '' }}
                />
              )}
            >
              {titles[language] ?? Object.values(titles)[0] ?? name}
            </Anchor>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function CustomFields({ page }: { page: DeveloperPage }) {
  const say = useText();
  return (
    <Section id="fields" title={say('developer.fields.title')} help={say('developer.fields.help')}>
      {page.customFields.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('developer.fields.none')}
        </Text>
      ) : (
        <ul className="plain-list">
          {page.customFields.map(({ id, name, type }) => (
            <li key={id} data-testid="developer-field" data-id={id}>
              <code>custom_fields[{id}]</code> {name}{' '}
              <span className="note">({say(`settings.custom.type.${type}`)})</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** The last orders, as SPREAD's own page has them. */
function Orders({ page }: { page: DeveloperPage }) {
  const say = useText();
  const format = useFormat(page.zone);
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
                {(['received', 'number', 'amount', 'state', 'counts', 'who'] as const).map((column) => (
                  <Table.Th key={column}>{say(`developer.orders.${column}`)}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {orders.data.orders.map((order) => (
                <Table.Tr key={`${order.key} ${order.receivedAt}`} data-testid="developer-order" data-key={order.key}>
                  <Table.Td>{format.dateTime(order.receivedAt)}</Table.Td>
                  <Table.Td>{order.number ?? order.key}</Table.Td>
                  <Table.Td>{format.money(order.totalMinor, order.currency)}</Table.Td>
                  <Table.Td>
                    <OrderStateText state={order.state} />
                  </Table.Td>
                  <Table.Td>{say(`validation.${order.validated}`)}</Table.Td>
                  <Table.Td>{order.email ?? say('verification.anonymous')}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </section>
      )}
    </Section>
  );
}
