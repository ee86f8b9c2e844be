import { ActionIcon, Button, Group, NativeSelect, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Installation } from '#contract/installation.ts';
import { platformStates, platforms } from '#contract/platform.ts';
import type { MappedState, StateMaps, TrackerPage } from '#contract/tracker.ts';
import { Icon } from './icons.tsx';
import { Callout } from './pieces.tsx';
import { platformLook } from './platform-look.ts';
import { useChangeSettings } from './settled-notice.ts';
import { useText, useWord } from './text.ts';

/** The states a merchant may choose from, each one thing in our words. */
const meanings = {
  placed: { payment: 'none', fulfilment: 'none', cancelled: false },
  authorised: { payment: 'authorised', fulfilment: 'none', cancelled: false },
  partPaid: { payment: 'part-paid', fulfilment: 'none', cancelled: false },
  paid: { payment: 'paid', fulfilment: 'none', cancelled: false },
  partShipped: { payment: 'paid', fulfilment: 'part-shipped', cancelled: false },
  shipped: { payment: 'paid', fulfilment: 'shipped', cancelled: false },
  sent: { payment: 'none', fulfilment: 'shipped', cancelled: false },
  cancelled: { payment: 'none', fulfilment: 'none', cancelled: true },
} as const satisfies Readonly<Record<string, MappedState>>;
type Meaning = keyof typeof meanings;
const order: readonly Meaning[] = [
  'placed',
  'authorised',
  'partPaid',
  'paid',
  'partShipped',
  'shipped',
  'sent',
  'cancelled',
];

interface Line {
  readonly source: string;
  readonly code: string;
  /** What the platform calls it. */
  readonly name: string | null;
  readonly meaning: Meaning;
}

/** The platform's own states: proposed for the chosen platform, editable; what arrived and means nothing stands out. */
export function StateMap({ page, installation }: { page: TrackerPage; installation: Installation }) {
  const say = useText();
  const word = useWord();
  const change = useChangeSettings(page.shop.id);
  const kept = installation.rules.stateMaps;
  const [draft, setDraft] = useState<readonly Line[] | null>(null);
  const [added, setAdded] = useState('');
  const [missing, setMissing] = useState(false);
  const platform = platforms.find((one) => one === installation.platform);
  const proposed = platform === undefined ? [] : (platformStates[platform] ?? []);
  // Nothing kept yet: the platform's own states stand there, to be saved or changed.
  const isProposal = draft === null && proposed.length > 0 && Object.keys(kept).length === 0;
  const lines = draft ?? (isProposal ? proposedLines(proposed, []) : linesOf(kept));
  const put = (line: Line) => {
    const known = lines.some((one) => isSame(one, line));
    setDraft(known ? lines.map((one) => (isSame(one, line) ? line : one)) : [...lines, line]);
  };
  const add = () => {
    const code = added.trim();
    setMissing(code === '');
    if (code === '') return;
    put(placedLine('server', code));
    setAdded('');
  };
  const save = () => {
    change.mutate({ stateMaps: mapsOf(lines) }, { onSuccess: () => setDraft(null) });
  };
  const waiting = installation.unmapped.filter((state) => isProposal || !lines.some((line) => isSame(line, state)));
  return (
    <details className="states" open={waiting.length > 0 || draft !== null || undefined} data-testid="states">
      <summary>
        {say('states.title')}
        {waiting.length === 0 ? null : <span className="count-dot">{waiting.length}</span>}
      </summary>
      <Text size="sm" c="dimmed" my="xs">
        {say('states.help')}
      </Text>
      {waiting.length === 0 ? null : (
        <Callout mood="attention" title={say('states.unmapped')}>
          <Text size="sm">{say('states.unmappedHelp')}</Text>
          {waiting.map(({ source, code, count }) => (
            <Group key={`${source} ${code}`} gap="sm" className="full" data-testid="state-unmapped" data-code={code}>
              <code>{code}</code>
              <Text size="sm" c="dimmed" className="grow">
                {say('states.count', { count })} · {word('source', source.split(':')[0] ?? source)}
              </Text>
              <Button
                size="xs"
                variant="default"
                onClick={() => put(lines.find((line) => isSame(line, { source, code })) ?? placedLine(source, code))}
                aria-label={`${say('states.map')} : ${code}`}
              >
                {say('states.map')}
              </Button>
            </Group>
          ))}
        </Callout>
      )}
      {!isProposal || platform === undefined ? null : (
        <Text size="sm" my="xs" data-testid="states-proposed">
          {say('states.proposed', { platform: platformLook[platform].name })}
        </Text>
      )}
      {lines.length === 0 ? (
        <Text size="sm" my="xs">
          {say('states.empty')}
        </Text>
      ) : (
        <ul className="state-lines">
          {lines.map((line) => (
            <li key={`${line.source} ${line.code}`} data-testid="state-line" data-code={line.code}>
              <span className="state-code">
                <code>{line.code}</code>
                {line.name === null || line.name === line.code ? null : <span className="note">{line.name}</span>}
              </span>
              <NativeSelect
                aria-label={`${say('states.meaning')} : ${line.code}`}
                value={line.meaning}
                onChange={(event) => put({ ...line, meaning: meaningNamed(event.currentTarget.value) })}
                data={order.map((one) => ({ value: one, label: say(`states.${one}`) }))}
                size="xs"
                className="grow"
              />
              <ActionIcon
                variant="subtle"
                color="gray"
                onClick={() => setDraft(lines.filter((one) => one !== line))}
                aria-label={say('states.remove', { code: line.code })}
              >
                <Icon name="close" size={16} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <Group gap="sm" align="flex-start" mt="sm">
        <TextInput
          size="xs"
          aria-label={say('states.code')}
          placeholder={say('states.code')}
          value={added}
          maxLength={100}
          error={missing ? say('states.emptyCode') : null}
          onChange={(event) => setAdded(event.currentTarget.value)}
          data-testid="state-add"
        />
        <Button size="xs" variant="default" onClick={add}>
          {say('states.add')}
        </Button>
        {platform === undefined || proposed.length === 0 || isProposal ? null : (
          <Button
            size="xs"
            variant="light"
            onClick={() => setDraft(proposedLines(proposed, lines))}
            data-testid="states-prefill"
          >
            {say('states.prefill', { platform: platformLook[platform].name })}
          </Button>
        )}
      </Group>
      {draft === null && !isProposal ? null : (
        <Group mt="sm" gap="xs">
          <Button loading={change.isPending} onClick={save} data-testid="states-save">
            {say('states.save')}
          </Button>
          {draft === null ? null : (
            <Button variant="default" onClick={() => setDraft(null)}>
              {say('common.cancel')}
            </Button>
          )}
        </Group>
      )}
    </details>
  );
}

function placedLine(source: string, code: string): Line {
  return { source, code, name: null, meaning: 'placed' };
}

function isSame(a: Pick<Line, 'source' | 'code'>, b: Pick<Line, 'source' | 'code'>): boolean {
  return a.source === b.source && a.code === b.code;
}

function linesOf(maps: StateMaps): Line[] {
  return Object.entries(maps).flatMap(([source, map]) =>
    Object.entries(map).map(([code, state]) => ({ source, code, name: null, meaning: meaningOf(state) })),
  );
}

function mapsOf(lines: readonly Line[]): StateMaps {
  const maps: Record<string, Record<string, MappedState>> = {};
  for (const { source, code, meaning } of lines) maps[source] = { ...maps[source], [code]: meanings[meaning] };
  return maps;
}

/** The platform's states, for the server's calls; what the merchant wrote stays. */
function proposedLines(
  proposed: readonly { code: string; name: string; state: MappedState }[],
  lines: readonly Line[],
): Line[] {
  const fresh = proposed.filter(({ code }) => !lines.some((line) => line.source === 'server' && line.code === code));
  return [
    ...lines,
    ...fresh.map(({ code, name, state }) => ({ source: 'server', code, name, meaning: meaningOf(state) })),
  ];
}

function meaningOf(state: MappedState): Meaning {
  if (state.cancelled) return 'cancelled';
  const same = order.find(
    (one) => meanings[one].payment === state.payment && meanings[one].fulfilment === state.fulfilment,
  );
  return same ?? (state.payment === 'paid' ? 'shipped' : 'sent');
}

function meaningNamed(value: string): Meaning {
  return order.find((one) => one === value) ?? 'placed';
}
