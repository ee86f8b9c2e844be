import { Badge, Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { isSealed } from '#contract/letter.ts';
import type { OutboxRow, OutboxPage as Page } from '#contract/outbox.ts';
import { call } from './api.ts';
import { useFormat } from './format.ts';
import { Empty, errorText, Loading, PageError, PageTitle } from './page-state.tsx';
import { Callout, tone } from './pieces.tsx';
import { useText, useWord } from './text.ts';

const seldomMs = 5_000;
const soonMs = 1_500;
const colors = { waiting: 'yellow', sent: 'teal', refused: 'red', given_up: 'red' } as const;

/** The shop's mails and what became of each. */
export function OutboxPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const mails = useInfiniteQuery({
    queryKey: ['shop', shop, 'outbox'],
    queryFn: ({ pageParam }) => {
      const after = pageParam === null ? '' : `?${new URLSearchParams({ after: pageParam })}`;
      return call<Page>('GET', `/api/shops/${shop}/outbox${after}`);
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    refetchInterval: ({ state: { data } }) =>
      data?.pages[0]?.configured && data.pages[0].rows.some(({ state }) => state === 'waiting') ? soonMs : seldomMs,
  });
  const [first] = mails.data?.pages ?? [];
  const rows = mails.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageTitle title={say('outbox.title')} lead={say('outbox.lead')} />
      {mails.isPending ? <Loading /> : null}
      {mails.isError ? <PageError error={mails.error} onRetry={() => void mails.refetch()} /> : null}
      {first === undefined ? null : <State page={first} />}
      {first !== undefined && rows.length === 0 ? (
        <Empty title={say('outbox.none')}>{say('outbox.noneHelp')}</Empty>
      ) : null}
      <ul className="invitations" data-testid="outbox">
        {rows.map((row) => (
          <Mail key={row.id} shop={shop} zone={first?.zone ?? 'UTC'} row={row} />
        ))}
      </ul>
      {mails.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button variant="default" loading={mails.isFetchingNextPage} onClick={() => void mails.fetchNextPage()}>
            {say('outbox.older')}
          </Button>
        </Group>
      ) : null}
    </>
  );
}

function State({ page }: { page: Page }) {
  const say = useText();
  const format = useFormat(page.zone);
  if (!page.configured)
    return (
      <Callout title={say('outbox.noServer')} mood="attention" testId="outbox-no-server">
        <Text size="sm">{say('outbox.noServerHelp')}</Text>
      </Callout>
    );
  const { fault, waitingSince } = page.health;
  if (fault === null || waitingSince === null) return null;
  return (
    <Callout title={say('outbox.down')} mood="attention" testId="outbox-down">
      <Text size="sm">{say('outbox.downHelp', { date: format.dateTime(waitingSince), fault })}</Text>
    </Callout>
  );
}

function Mail({ shop, zone, row }: { shop: number; zone: string; row: OutboxRow }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => call<null>('POST', `/api/shops/${shop}/outbox/${row.id}/retry`),
    onSuccess: () => {
      notifications.show({ color: 'teal', message: say('outbox.retried') });
      return queries.invalidateQueries({ queryKey: ['shop', shop, 'outbox'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const times = [
    say('outbox.made', { date: format.dateTime(row.createdAt) }),
    ...(row.sentAt === null ? [] : [say('outbox.sentAt', { date: format.dateTime(row.sentAt) })]),
    ...(row.tries === 0 ? [] : [say('outbox.tries', { count: row.tries })]),
    ...(row.nextTryAt === null || row.tries === 0
      ? []
      : [say('outbox.next', { date: format.dateTime(row.nextTryAt) })]),
  ];
  return (
    <li data-testid="mail" data-to={row.to} data-state={row.state}>
      <div className="grow">
        <Group gap="xs">
          <Text fw={600} className="breaks">
            {row.to}
          </Text>
          <Badge {...tone(colors[row.state])} tt="none">
            {say(`outbox.state.${row.state}`)}
          </Badge>
        </Group>
        <Text size="sm">{word('outbox.kind', row.kind)}</Text>
        <Text size="sm" c="dimmed">
          {times.join(' · ')}
        </Text>
        {row.fault === null ? null : (
          <Text size="sm" c="red" className="breaks" data-testid="mail-fault">
            {say('outbox.fault', { fault: row.fault })}
          </Text>
        )}
      </div>
      {row.kept ? (
        <Group gap="xs">
          {isSealed(row.kind) ? null : (
            <Button
              component="a"
              href={`/api/shops/${shop}/outbox/${row.id}/eml`}
              download
              size="xs"
              variant="default"
              aria-label={say('outbox.downloadFor', { to: row.to })}
              data-testid="mail-download"
            >
              {say('outbox.download')}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            loading={retry.isPending}
            onClick={() => retry.mutate()}
            aria-label={say('outbox.retryFor', { to: row.to })}
            data-testid="mail-retry"
          >
            {say('outbox.retry')}
          </Button>
        </Group>
      ) : null}
    </li>
  );
}
