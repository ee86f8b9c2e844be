import { Group, NativeSelect, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { Installation } from '#contract/installation.ts';
import { StatusBadge } from './pieces.tsx';
import { events, simulate, statuses, type Trial } from './simulator.ts';
import { useText, useWord } from './text.ts';

/** "This person, this status today, this event → …", answered at once by the rules themselves. */
export function SimulatorPanel({ settings }: { settings: Installation['rules'] }) {
  const say = useText();
  const word = useWord();
  const bases = settings.bases.filter((basis) => basis.active);
  const [trial, setTrial] = useState<Trial>({
    basis: settings.uplift.order ?? bases[0]?.id ?? 0,
    status: 'unknown',
    source: 'server',
    event: 'order',
  });
  const change = (part: Partial<Trial>) => setTrial({ ...trial, ...part });
  const answer = useMemo(() => simulate(settings, trial), [settings, trial]);
  const { asked, others } = answer;
  const why = [...new Set([...(asked.why === null ? [] : [asked.why]), ...answer.reasons])];
  const moved = asked.from !== asked.to;
  return (
    <div className="trial">
      <div className="trial-form">
        <NativeSelect
          label={say('sim.basis')}
          value={String(trial.basis)}
          onChange={(event) => change({ basis: Number(event.currentTarget.value) })}
          data={bases.map((basis) => ({
            value: String(basis.id),
            label: `${basis.name} (${say(`basis.${basis.kind}`)})`,
          }))}
          data-testid="sim-basis"
        />
        <NativeSelect
          label={say('sim.status')}
          value={trial.status}
          onChange={(event) => change({ status: oneOf(statuses, event.currentTarget.value) })}
          data={statuses.map((status) => ({ value: status, label: say(`sim.status.${status}`) }))}
          data-testid="sim-status"
        />
        <NativeSelect
          label={say('sim.event')}
          value={trial.event}
          onChange={(event) => change({ event: oneOf(events, event.currentTarget.value) })}
          data={events.map((event) => ({ value: event, label: say(`sim.event.${event}`) }))}
          data-testid="sim-event"
        />
        <NativeSelect
          label={say('sim.source')}
          value={trial.source}
          onChange={(event) => change({ source: event.currentTarget.value === 'browser' ? 'browser' : 'server' })}
          data={(['server', 'browser'] as const).map((source) => ({
            value: source,
            label: say(`sim.source.${source}`),
          }))}
          data-testid="sim-source"
        />
      </div>
      <div className="trial-answer" role="status" data-testid="sim-answer" data-moved={moved} data-to={asked.to}>
        <Group gap="xs">
          <StatusBadge status={asked.from} />
          <span aria-hidden="true">→</span>
          <StatusBadge status={asked.to} />
        </Group>
        <Text fw={600} mt={6}>
          {moved
            ? say('sim.moved', { basis: asked.name, from: word('status', asked.from), to: word('status', asked.to) })
            : say('sim.stayed', { basis: asked.name, status: word('status', asked.to) })}
        </Text>
        {why.map((reason) => (
          <Text key={reason} size="sm" data-testid="sim-why" data-reason={reason}>
            {word('reason', reason)}
          </Text>
        ))}
        {others.length === 0 ? null : (
          <Text size="sm" mt={6}>
            {say('sim.also')} :{' '}
            {others.map(({ name, from, to }) => `${name} (${word('status', from)} → ${word('status', to)})`).join(', ')}
          </Text>
        )}
        <Text size="xs" c="dimmed" mt={6}>
          {say('sim.contact')}
        </Text>
      </div>
    </div>
  );
}

function oneOf<Value extends string>(values: readonly Value[], text: string): Value {
  const found = values.find((value) => value === text) ?? values[0];
  if (found === undefined) throw new Error('nothing to choose from');
  return found;
}
