/** Small parts several screens share. */
import { ActionIcon, Anchor, Badge, CopyButton, type DefaultMantineColor, Paper, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { OrderState } from '#contract/orders.ts';
import { Icon } from './icons.tsx';
import { useText, useWord } from './text.ts';

const statusColors: Readonly<Record<string, DefaultMantineColor>> = {
  accepted: 'teal',
  refused: 'red',
  unknown: 'gray',
  'to confirm': 'yellow',
};

/** Grey has no tint to speak of: an outline says "nothing special". */
export function tone(color: DefaultMantineColor = 'gray'): { variant: string; color?: string } {
  return color === 'gray' ? { variant: 'default' } : { variant: 'light', color };
}

export function StatusBadge({ status, testId }: { status: string; testId?: string }) {
  const word = useWord();
  return (
    <Badge {...tone(statusColors[status])} data-testid={testId} data-status={status} tt="none">
      {word('status', status)}
    </Badge>
  );
}

export function OrderStateText({ state }: { state: OrderState }) {
  const say = useText();
  if (state.cancelled)
    return (
      <Badge color="red" variant="light" tt="none">
        {say('state.cancelled')}
      </Badge>
    );
  const shown =
    state.fulfilment === 'shipped'
      ? (['state.shipped', 'indigo'] as const)
      : state.payment === 'paid'
        ? (['state.paid', 'teal'] as const)
        : (['state.placed', 'gray'] as const);
  return (
    <Badge {...tone(shown[1])} tt="none">
      {say(shown[0])}
    </Badge>
  );
}

export function CopyIcon({ text, label }: { text: string; label: string }) {
  const say = useText();
  return (
    <CopyButton value={text} timeout={1800}>
      {({ copied, copy }) => (
        <ActionIcon
          variant="default"
          size="lg"
          onClick={copy}
          aria-label={copied ? say('common.copied') : `${say('common.copy')} : ${label}`}
          color={copied ? 'teal' : undefined}
        >
          <Icon name={copied ? 'check' : 'copy'} />
        </ActionIcon>
      )}
    </CopyButton>
  );
}

export function CodeBlock({
  text,
  label,
  wrap,
  testId,
}: {
  text: string;
  label: string;
  wrap?: boolean;
  testId?: string;
}) {
  return (
    <div className="code-block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className="code-scroll" tabIndex={0} aria-label={label}>
        <pre className={wrap ? 'wrap' : undefined} data-testid={testId}>
          <code>{text}</code>
        </pre>
      </section>
      <div className="code-copy">
        <CopyIcon text={text} label={label} />
      </div>
    </div>
  );
}

export function Section({
  id,
  title,
  help,
  children,
}: {
  id: string;
  title: string;
  help?: string;
  children: ReactNode;
}) {
  return (
    <Paper
      component="section"
      withBorder
      p={{ base: 'md', sm: 'lg' }}
      id={id}
      className="section"
      aria-labelledby={`${id}-title`}
    >
      <Title order={2} size="h4" id={`${id}-title`}>
        {title}
      </Title>
      {help === undefined ? null : (
        <Text c="dimmed" size="sm" mt={4}>
          {help}
        </Text>
      )}
      <div className="section-body">{children}</div>
    </Paper>
  );
}

/** Something to know, or to do, without alarm. */
export function Callout({
  title,
  mood,
  testId,
  children,
}: {
  title?: string;
  mood?: 'attention';
  testId?: string;
  children: ReactNode;
}) {
  return (
    <aside className="callout" data-mood={mood} data-testid={testId} aria-label={title}>
      {title === undefined ? null : <Text fw={650}>{title}</Text>}
      {children}
    </aside>
  );
}

/** Of the server API, as programs read it; served by this product. */
export function ApiReference() {
  const say = useText();
  return (
    <Anchor size="sm" href="/openapi.json" target="_blank" data-testid="openapi">
      {say('docs.openapi')}
    </Anchor>
  );
}
