import { Badge, Button, Group, NativeSelect, Paper, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeliveryRow } from '#contract/webhooks.ts';
import { useFormat } from './format.ts';
import { Empty, errorText, Loading, PageError } from './page-state.tsx';
import { CodeBlock } from './pieces.tsx';
import { useText, useWord } from './text.ts';
import { webhookApi } from './webhook-api.ts';

const states = ['', 'waiting', 'delivered', 'skipped'] as const;
const colors = { waiting: 'yellow', delivered: 'teal', skipped: 'gray' } as const;

/** What was sent to an endpoint, newest first. */
export function WebhookLog({ shop, endpoint, zone }: { shop: number; endpoint: number; zone: string }) {
  const say = useText();
  const word = useWord();
  const [state, setState] = useState('');
  const log = useInfiniteQuery({
    queryKey: ['shop', shop, 'webhooks', endpoint, state],
    queryFn: ({ pageParam }) => webhookApi.deliveries(shop, endpoint, state, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.before,
  });
  const rows = log.data?.pages.flatMap(({ deliveries }) => deliveries) ?? [];
  return (
    <Stack gap="sm" mt="md">
      <NativeSelect
        label={say('webhooks.filter')}
        value={state}
        onChange={(event) => setState(event.currentTarget.value)}
        data={states.map((one) => ({
          value: one,
          label: one === '' ? say('webhooks.filter.all') : word('webhooks.delivery', one),
        }))}
        maw={240}
        data-testid="webhook-filter"
      />
      {log.isPending ? <Loading /> : null}
      {log.isError ? <PageError error={log.error} onRetry={() => void log.refetch()} /> : null}
      {log.isSuccess && rows.length === 0 ? (
        <Empty title={say('webhooks.logEmpty')}>{say('webhooks.logEmptyHelp')}</Empty>
      ) : null}
      {rows.map((row) => (
        <Delivery key={row.id} shop={shop} row={row} zone={zone} />
      ))}
      {log.hasNextPage ? (
        <Button variant="default" onClick={() => void log.fetchNextPage()} loading={log.isFetchingNextPage}>
          {say('webhooks.more')}
        </Button>
      ) : null}
    </Stack>
  );
}

function Delivery({ shop, row, zone }: { shop: number; row: DeliveryRow; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const move = useMutation({
    mutationFn: (what: 'replay' | 'hasten' | 'skip') => webhookApi.move(shop, row.id, what),
    onSuccess: () => {
      notifications.show({ color: 'teal', message: say('webhooks.done') });
      return queries.invalidateQueries({ queryKey: ['shop', shop, 'webhooks'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const { last } = row;
  const answered =
    last === null
      ? null
      : last.failure === null
        ? say('webhooks.answered', { status: last.status ?? '', ms: last.tookMs })
        : word('outbound', last.failure);
  return (
    <Paper withBorder p="sm" data-testid="webhook-delivery" data-state={row.state} data-kind={row.kind}>
      <Group justify="space-between" gap="sm" align="flex-start">
        <div className="grow">
          <Group gap="xs">
            <Badge color={colors[row.state]} variant={row.state === 'skipped' ? 'default' : 'light'} tt="none">
              {word('webhooks.delivery', row.state)}
            </Badge>
            <Text fw={600} size="sm">
              {word('webhooks.kind', row.kind)}
            </Text>
            {row.replay ? (
              <Text size="sm" c="dimmed">
                {say('webhooks.delivery.replay')}
              </Text>
            ) : null}
          </Group>
          <Text size="sm" c="dimmed">
            {[
              format.dateTime(row.createdAt),
              say('webhooks.attempts', { count: row.attempts }),
              answered,
              row.state === 'waiting' && row.attempts > 0
                ? say('webhooks.next', { date: format.dateTime(row.nextTryAt) })
                : null,
            ]
              .filter((part) => part !== null)
              .join(' · ')}
          </Text>
        </div>
        <Group gap="xs">
          {row.state === 'waiting' ? (
            <>
              <Button size="xs" variant="default" onClick={() => move.mutate('hasten')} data-testid="webhook-hasten">
                {say('webhooks.hasten')}
              </Button>
              <Button size="xs" variant="default" onClick={() => move.mutate('skip')} data-testid="webhook-skip">
                {say('webhooks.skip')}
              </Button>
            </>
          ) : (
            <Button size="xs" variant="default" onClick={() => move.mutate('replay')} data-testid="webhook-replay">
              {say('webhooks.replay')}
            </Button>
          )}
          <Button
            size="xs"
            variant="default"
            onClick={() => setOpen(!open)}
            aria-expanded={open}
            data-testid="webhook-expand"
          >
            {say('common.details')}
          </Button>
        </Group>
      </Group>
      {open ? <Detail shop={shop} id={row.id} zone={zone} /> : null}
    </Paper>
  );
}

function Detail({ shop, id, zone }: { shop: number; id: number; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const page = useQuery({
    queryKey: ['shop', shop, 'webhooks', 'delivery', id],
    queryFn: () => webhookApi.delivery(shop, id),
  });
  if (page.isPending) return <Loading />;
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  return (
    <Stack gap="xs" mt="sm">
      <CodeBlock text={JSON.stringify(JSON.parse(page.data.body), null, 2)} label={say('webhooks.body')} wrap />
      {page.data.attempts.map((attempt) => (
        <Text key={attempt.n} size="sm" className="breaks">
          {`${attempt.n}. ${format.dateTime(attempt.at)} · ${
            attempt.failure === null
              ? say('webhooks.answered', { status: attempt.status ?? '', ms: attempt.tookMs })
              : word('outbound', attempt.failure)
          }${attempt.answer ? ` · ${attempt.answer}` : ''}`}
        </Text>
      ))}
    </Stack>
  );
}
