import { Badge, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { memo, useId, useState } from 'react';
import { rawLimit } from '#contract/lists.ts';
import type { VerificationRow as Row } from '#contract/verification.ts';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import { Loading, PageError } from './page-state.tsx';
import { CodeBlock, OrderStateText, tone } from './pieces.tsx';
import { useText, useWord } from './text.ts';
import type { VerificationSource } from './verification-source.ts';

const colors: Readonly<Record<string, string>> = {
  applied: 'teal',
  unchanged: 'gray',
  ignored: 'yellow',
  rejected: 'red',
  unreadable: 'red',
  failed: 'orange',
};

/** One thing that arrived: what it was, about whom, what it did, and why not. Opens to the facts and the bytes. */
export const VerificationRow = memo(function VerificationLine({
  source,
  row,
  zone,
}: {
  source: VerificationSource;
  row: Row;
  zone: string;
}) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const [open, setOpen] = useState(false);
  const detail = useId();
  const { order, cart } = row;
  return (
    <li
      className="live-row"
      data-testid="verification-row"
      data-seq={row.seq}
      data-kind={row.kind ?? 'unread'}
      data-outcome={row.outcome}
      data-test={row.test || undefined}
    >
      <div className="live-line">
        <time dateTime={new Date(row.receivedAt).toISOString()}>{format.time(row.receivedAt)}</time>
        <Text fz="inherit" c="dimmed" data-testid="verification-source">
          {word('source', row.source.split(':')[0] ?? row.source)}
        </Text>
        <div className="what" data-testid="verification-what">
          {row.test ? (
            <Badge {...tone('grape')} tt="none" size="sm" mb={2} data-testid="verification-test">
              {say('verification.test')}
            </Badge>
          ) : null}
          {order === null ? (
            <>
              <Text fz="inherit" fw={600}>
                {whatOf(row, say, word)}
              </Text>
              {cart === null || cart.totalMinor === null || cart.currency === null ? null : (
                <span className="amount">{format.money(cart.totalMinor, cart.currency)}</span>
              )}
            </>
          ) : (
            <>
              <Text fz="inherit" fw={600}>
                {say('verification.order', { key: order.key })}
              </Text>
              <Group gap={6} mt={2}>
                <span className="amount">{format.money(order.totalMinor, order.currency)}</span>
                <OrderStateText state={order.state} />
              </Group>
            </>
          )}
        </div>
        <div className="who" data-testid="verification-who">
          {row.profileId === null || source.shop === null ? (
            <Text fz="inherit" c={row.who === null ? 'dimmed' : undefined}>
              {row.who ?? (row.kind === 'settings' ? '' : say('verification.anonymous'))}
            </Text>
          ) : (
            <Link
              to="/shops/$shopId/profiles/$profileId"
              params={{ shopId: String(source.shop), profileId: String(row.profileId) }}
              className="text-link"
              data-testid="verification-profile"
            >
              {row.who ?? say('verification.openProfile')}
            </Link>
          )}
        </div>
        <ul className="effects effects-cell" data-testid="verification-effects">
          {row.test ? <li className="note">{say('verification.testHelp')}</li> : null}
          {row.profileCreated ? <li>{say('verification.profileCreated')}</li> : null}
          {order === null ? null : (
            <li>
              {say(orderWord(order.created, row.outcome))} ·{' '}
              {say(order.validated ? 'verification.validated' : 'verification.notValidated')}
            </li>
          )}
          {cart === null ? null : (
            <li data-testid="verification-cart" data-status={cart.status}>
              {cart.before === null || cart.before === cart.status
                ? say('verification.cartIs', { status: word('cart', cart.status) })
                : say('verification.cartMoved', { from: word('cart', cart.before), to: word('cart', cart.status) })}
            </li>
          )}
          {row.bases.map((move) => (
            <li
              key={`${move.profile} ${move.basis} ${move.from} ${move.to} ${move.cause}`}
              data-testid="verification-basis"
            >
              {move.from === move.to
                ? say('verification.stayed', { basis: move.name, status: word('status', move.to) })
                : say('verification.moved', {
                    basis: move.name,
                    from: word('status', move.from),
                    to: word('status', move.to),
                  })}
              {move.why === undefined ? null : (
                <Text size="xs" c="dimmed">
                  {word('reason', move.why)}
                </Text>
              )}
            </li>
          ))}
        </ul>
        <div className="outcome-cell">
          <Badge {...tone(colors[row.outcome])} tt="none" data-testid="verification-outcome" data-outcome={row.outcome}>
            {word('outcome', row.outcome)}
          </Badge>
          {row.reasons
            .filter((reason) => !row.bases.some((move) => move.why === reason))
            .map((reason) => (
              <Text key={reason} size="xs" c="dimmed" mt={4} data-testid="verification-reason" data-reason={reason}>
                {word('reason', reason)}
              </Text>
            ))}
        </div>
        <div className="expand-cell">
          <button
            type="button"
            className="expand"
            aria-expanded={open}
            aria-controls={detail}
            aria-label={say(open ? 'verification.collapse' : 'verification.expand')}
            onClick={() => setOpen(!open)}
            data-testid="verification-expand"
          >
            <Icon name="chevron" size={16} />
          </button>
        </div>
      </div>
      <div id={detail}>{open ? <Detail source={source} row={row} zone={zone} /> : null}</div>
    </li>
  );
});

function whatOf(row: Row, say: ReturnType<typeof useText>, word: ReturnType<typeof useWord>): string {
  if (row.kind === null) return say(row.outcome === 'unreadable' ? 'kind.unread' : 'kind.call');
  if (row.kind === 'cart' && row.cart !== null && row.cart.key !== null)
    return say('verification.cart', { key: row.cart.key });
  return word('kind', row.kind);
}

function orderWord(created: boolean, outcome: string) {
  if (created) return 'verification.orderCreated';
  return outcome === 'unchanged' ? 'verification.orderKnown' : 'verification.orderUpdated';
}

function Detail({ source, row, zone }: { source: VerificationSource; row: Row; zone: string }) {
  const say = useText();
  const format = useFormat(zone);
  const item = useQuery({
    queryKey: [...source.key, 'journal', row.seq],
    queryFn: () => source.item(row.receivedAt, row.seq),
    staleTime: 60_000,
  });
  if (item.isPending) return <Loading />;
  if (item.isError) return <PageError error={item.error} onRetry={() => void item.refetch()} />;
  const { facts, raw, rawBytes, headers, settingsVersion } = item.data;
  const own = say(source.masked ? 'developer.page.rendered' : 'verification.detail.own');
  const received = raw === null ? null : `${headerLines(headers)}${raw}`;
  return (
    <Stack className="live-detail" gap="sm" data-testid="verification-detail">
      <Text size="sm" c="dimmed">
        {say('verification.detail.received')} {format.dateTime(row.receivedAt)} · {say('verification.detail.format')}{' '}
        {row.format}
        {settingsVersion === null ? '' : ` · ${say('verification.detail.settings', { version: settingsVersion })}`}
      </Text>
      <Text size="sm" fw={600}>
        {own}
      </Text>
      {received === null ? (
        <Text size="sm" c="dimmed" data-testid="verification-no-raw">
          {source.masked && rawBytes > 0
            ? say('developer.page.unread', { count: rawBytes })
            : say('verification.detail.rawGone')}
        </Text>
      ) : (
        <CodeBlock text={received} label={own} wrap testId="verification-raw" />
      )}
      {rawBytes > rawLimit && received !== null ? <Text size="xs">{say('verification.detail.rawCut')}</Text> : null}
      {facts === null ? null : (
        <>
          <Text size="sm" fw={600}>
            {say('verification.detail.facts')}
          </Text>
          <CodeBlock
            text={JSON.stringify(facts, null, 2)}
            label={say('verification.detail.facts')}
            testId="verification-facts"
          />
        </>
      )}
    </Stack>
  );
}

function headerLines(headers: Readonly<Record<string, string>> | null): string {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}
