import { Anchor, Button, Group, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Installation } from '#contract/installation.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { useMay } from './api.ts';
import { NoSignal } from './check-list.tsx';
import { type Format, useFormat } from './format.ts';
import { Section } from './pieces.tsx';
import { type Say, useText } from './text.ts';

type Mood = 'waiting' | 'good' | 'attention';

interface Verdict {
  readonly mood: Mood;
  readonly word: 'nothing' | 'visits' | 'receiving' | 'silent' | 'refused';
  readonly title: string;
  readonly lines: readonly string[];
}

/** How the installation stands, always visible, with what to do. */
export function StateSection({ page, installation }: { page: TrackerPage; installation: Installation }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const verdict = verdictOf(installation, say, format);
  const { today } = installation;
  return (
    <Section id="state" title={say('tracker.state.title')}>
      <div className="verdict" data-mood={verdict.mood} data-testid="installation-state" data-word={verdict.word}>
        <span className="verdict-dot" aria-hidden="true" />
        <div className="grow">
          <p className="verdict-title">{verdict.title}</p>
          {verdict.lines.map((line) => (
            <p key={line}>{line}</p>
          ))}
          {today.parked === 0 ? null : <p>{say('install.state.parked', { count: today.parked })}</p>}
          <Shop page={page} to="/shops/$shopId/verification">
            {say('tracker.state.watch')}
          </Shop>
        </div>
      </div>
      <NoSignal installation={installation} />
      <Past page={page} />
    </Section>
  );
}

function verdictOf(found: Installation, say: Say, format: Format): Verdict {
  const { installedAt, lastAt, anythingAt, rhythm, today } = found;
  if (installedAt === null || lastAt === null) {
    const nothing = anythingAt === null;
    const word = nothing ? 'nothing' : 'visits';
    return {
      mood: 'waiting',
      word,
      title: say(`install.state.${word}`),
      lines: [say(nothing ? 'install.state.nothingHelp' : 'install.state.visitsHelp')],
    };
  }
  const last = say('install.state.receivingHelp', { date: format.dateTime(lastAt) });
  if (rhythm.silentHours !== null) {
    const { perBusyHour, longestPauseHours } = rhythm;
    const help =
      perBusyHour === null || longestPauseHours === null
        ? say('install.state.silentNew')
        : say('install.state.silentRhythm', { perHour: format.number(perBusyHour), pause: longestPauseHours });
    const title = say('install.state.silent', { count: rhythm.silentHours });
    return { mood: 'attention', word: 'silent', title, lines: [last, help] };
  }
  // A call in twenty that cannot be used is no longer an accident.
  if (today.refused > 0 && today.refused * 20 >= today.received) {
    const counts = { refused: format.number(today.refused), received: format.number(today.received) };
    return {
      mood: 'attention',
      word: 'refused',
      title: say('install.state.refused'),
      lines: [say('install.state.refusedHelp', counts), last],
    };
  }
  const usual =
    rhythm.perBusyHour === null
      ? say('install.state.today', { count: today.received })
      : say('install.state.rhythm', { perHour: format.number(rhythm.perBusyHour) });
  return {
    mood: 'good',
    word: 'receiving',
    title: say('install.state.receiving', { date: format.dateTime(installedAt) }),
    lines: [`${last} ${usual}`],
  };
}

/** What came before the installation (rules §8). */
function Past({ page }: { page: TrackerPage }) {
  const say = useText();
  const may = useMay(page.shop.id);
  return (
    <div className="past">
      <Group justify="space-between" gap="sm">
        <div className="wide">
          <Text fw={600} size="sm">
            {say('install.past.title')}
          </Text>
          <Text size="sm" c="dimmed">
            {say('install.past.sentence')}
          </Text>
        </div>
        {may('imports.run') ? (
          <Button
            variant="default"
            renderRoot={(props) => (
              <Link {...props} to="/shops/$shopId/imports" params={{ shopId: String(page.shop.id) }} />
            )}
            data-testid="past-open"
          >
            {say('install.past.button')}
          </Button>
        ) : null}
      </Group>
    </div>
  );
}

function Shop({ page, to, children }: { page: TrackerPage; to: '/shops/$shopId/verification'; children: ReactNode }) {
  const shopId = String(page.shop.id);
  return (
    <Anchor
      size="sm"
      display="inline-block"
      mt={6}
      renderRoot={(props) => <Link {...props} to={to} params={{ shopId }} />}
    >
      {children}
    </Anchor>
  );
}
