import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { VerificationRow as Row } from '#contract/verification.ts';
import { useMe } from './api.ts';
import { Icon } from './icons.tsx';
import { useLiveRows } from './live-rows.ts';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { useText } from './text.ts';
import { VerificationRow } from './verification-row.tsx';

const kinds = [
  ...(['order', 'account', 'newsletter', 'consent', 'cart', 'abandon', 'automation', 'token'] as const),
  ...(['objection', 'settings', 'expiry'] as const),
];
const outcomes = ['applied', 'unchanged', 'ignored', 'rejected', 'unreadable', 'failed'] as const;

export function VerificationPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const zone = useMe().data?.shops.find((one) => one.id === shop)?.zone ?? 'UTC';
  const [paused, setPaused] = useState(false);
  const live = useLiveRows(shop, paused);
  const [kind, setKind] = useState<string | null>(null);
  const [outcome, setOutcome] = useState<string | null>(null);
  const [text, setText] = useState('');
  const shown = live.rows.filter((row) => matches(row, kind, outcome, text));
  const all = { value: '', label: say('verification.filter.all') };
  const columns = ['time', 'source', 'what', 'who', 'effects', 'outcome'] as const;
  return (
    <>
      <PageTitle title={say('verification.title')} lead={say('verification.lead')}>
        <Group gap="md">
          <Group gap={8} role="status" data-testid="live-state" data-live={live.state === 'open' || undefined}>
            <span className="live-dot" data-on={live.state === 'open' && !paused ? true : undefined} />
            <Text size="sm">
              {paused
                ? say('verification.paused')
                : say(live.state === 'open' ? 'verification.live' : 'verification.connecting')}
            </Text>
          </Group>
          <Button
            variant="default"
            leftSection={<Icon name={paused ? 'play' : 'pause'} size={16} />}
            onClick={() => setPaused(!paused)}
            data-testid="live-pause"
          >
            {say(paused ? 'verification.resume' : 'verification.pause')}
          </Button>
        </Group>
      </PageTitle>
      <Group mb="md" gap="sm">
        <Select
          label={say('verification.filter.kind')}
          value={kind ?? ''}
          onChange={(value) => setKind(value || null)}
          data={[all, ...kinds.map((one) => ({ value: one, label: say(`kind.${one}`) }))]}
          allowDeselect={false}
          w={{ base: '100%', xs: 170 }}
        />
        <Select
          label={say('verification.filter.outcome')}
          value={outcome ?? ''}
          onChange={(value) => setOutcome(value || null)}
          data={[all, ...outcomes.map((one) => ({ value: one, label: say(`outcome.${one}`) }))]}
          allowDeselect={false}
          w={{ base: '100%', xs: 210 }}
        />
        <TextInput
          label={say('verification.filter.text')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          leftSection={<Icon name="search" size={16} />}
          w={{ base: '100%', xs: 240 }}
          data-testid="verification-filter"
        />
      </Group>
      {paused && live.waiting > 0 ? (
        <Text size="sm" mb="sm">
          {say('verification.waiting', { count: live.waiting })}
        </Text>
      ) : null}
      {live.state === 'failed' ? <PageError error={live.error} onRetry={live.retry} /> : null}
      {live.state === 'connecting' && live.rows.length === 0 ? <Loading /> : null}
      {live.state === 'open' && live.rows.length === 0 ? (
        <Empty title={say('verification.empty')}>{say('verification.emptyHelp')}</Empty>
      ) : null}
      {live.rows.length > 0 && shown.length === 0 ? <Empty title={say('verification.noMatch')} /> : null}
      {shown.length === 0 ? null : (
        <div>
          <div className="live-head" aria-hidden="true">
            {columns.map((column) => (
              <span key={column}>{say(`verification.col.${column}`)}</span>
            ))}
          </div>
          <ul className="live-list">
            {shown.map((row) => (
              <VerificationRow key={row.seq} shop={shop} row={row} zone={zone} />
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function matches(row: Row, kind: string | null, outcome: string | null, text: string): boolean {
  if (kind !== null && row.kind !== kind) return false;
  if (outcome !== null && row.outcome !== outcome) return false;
  const wanted = text.trim().toLowerCase();
  return wanted === '' || [row.who, row.order?.key].some((value) => value?.toLowerCase().includes(wanted));
}
