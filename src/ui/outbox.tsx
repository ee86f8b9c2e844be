import { Badge, Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { isSealed } from '#contract/letter.ts';
import type { OutboxRow, OutboxPage as Page } from '#contract/outbox.ts';
import { call } from './api.ts';
import { useFormat } from './format.ts';
import { Empty, errorText, Loading, PageError } from './page-state.tsx';
import { Callout, tone } from './pieces.tsx';
import { dotted, useText, useWord } from './text.ts';

const seldomMs = 5_000;
const soonMs = 1_500;
const colors = { waiting: 'yellow', sent: 'teal', refused: 'red', given_up: 'red' } as const;

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Mails and what became of each: of a shop, or of the installation; `path` of the calls. */
export function Outbox({ path }: { path: string }) {
  const say = useText();
  const mails = useInfiniteQuery({
    queryKey: ['outbox', path],
    queryFn: ({ pageParam }) => {
      const after = pageParam === null ? '' : `?${new URLSearchParams({ after: pageParam })}`;
      return call<Page>('GET', `${path}${after}`);
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
      {mails.isPending ? <Loading /> : null}
      {mails.isError ? <PageError error={mails.error} onRetry={() => void mails.refetch()} /> : null}
      {first === undefined ? null : <State page={first} />}
      {first !== undefined && rows.length === 0 ? (
        <Empty title={say('outbox.none')}>{say('outbox.noneHelp')}</Empty>
      ) : null}
      <ul className="invitations" data-testid="outbox">
        {rows.map((row) => (
          <Mail key={row.id} path={path} zone={first?.zone ?? ownZone} row={row} />
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
  const format = useFormat(page.zone ?? ownZone);
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

function Mail({ path, zone, row }: { path: string; zone: string; row: OutboxRow }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const queries = useQueryClient();
  const retry = useMutation({
    mutationFn: () => call<null>('POST', `${path}/${row.id}/retry`),
    onSuccess: () => {
      notifications.show({ color: 'teal', message: say('outbox.retried') });
      return queries.invalidateQueries({ queryKey: ['outbox', path] });
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
          {dotted(times)}
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
              href={`${path}/${row.id}/eml`}
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
