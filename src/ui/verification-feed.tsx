import { Button, Group, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type QueryKey, type UseQueryResult, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useCallback, useEffect, useMemo, useState } from 'react';
import type { Installation } from '#contract/installation.ts';
import type { JournalPage, JournalQuery, VerificationRow as Row } from '#contract/verification.ts';
import { CheckList } from './check-list.tsx';
import { FeedFilters } from './feed-filters.tsx';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import type { FeedSearch } from './list-search.ts';
import { LiveNews } from './live-news.tsx';
import { mergeAll, useLiveRows } from './live-rows.ts';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';
import { Troubles } from './troubles.tsx';
import { VerificationRow } from './verification-row.tsx';
import type { VerificationSource } from './verification-source.ts';

const columns = ['time', 'source', 'what', 'who', 'effects', 'outcome'] as const;

interface FeedProps {
  readonly title: string;
  readonly lead: string;
  readonly source: VerificationSource;
  readonly zone: string;
  readonly checks: UseQueryResult<Pick<Installation, 'sightings' | 'testKey'>>;
  /** What `checks` is kept under. */
  readonly checksWithin: QueryKey;
  /** What may be done with the rows as they are filtered. */
  readonly actions?: (filter: JournalQuery) => ReactNode;
  /** Under the screen's own heading this one is a section's. */
  readonly inPage?: boolean;
  /** What is shown at first; empty: everything. */
  readonly opened?: FeedSearch;
}

/** What arrives, live and from the journal, what went wrong, and what was already seen. */
export function VerificationFeed({
  title,
  lead,
  source,
  zone,
  checks,
  checksWithin,
  actions,
  inPage,
  opened = {},
}: FeedProps) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const queries = useQueryClient();
  const [paused, setPaused] = useState(false);
  const live = useLiveRows(source.liveUrl, paused);
  const { state } = live;
  // Whoever may no longer watch sees it at once.
  useEffect(() => {
    if (state === 'failed') void queries.invalidateQueries({ queryKey: checksWithin });
  }, [state, queries, checksWithin]);
  const [kind, setKind] = useState(opened.kind ?? null);
  const [outcome, setOutcome] = useState(opened.outcome ?? null);
  const [reason, setReason] = useState<string | null>(null);
  const [text, setText] = useState('');
  const [subject] = useDebouncedValue(text.trim(), 250);
  const filter: JournalQuery = {
    ...(kind === null ? {} : { kind }),
    ...(outcome === null ? {} : { outcome }),
    ...(reason === null ? {} : { reason }),
    ...(subject === '' ? {} : { subject }),
  };
  const filtered = Object.keys(filter).length > 0 || text.trim() !== '';
  const journal = useInfiniteQuery({
    queryKey: [...source.key, 'journal-pages', filter],
    queryFn: ({ pageParam }) => source.journal({ ...filter, ...placeOf(pageParam) }),
    initialPageParam: null as JournalPage['next'],
    getNextPageParam: (last) => last.next,
  });
  const older = useMemo(() => journal.data?.pages.flatMap((page) => page.rows) ?? [], [journal.data]);
  const fresh = live.rows.filter((row) => matches(row, kind, outcome, reason, text));
  const shown = mergeAll(fresh, older);
  const looked = journal.data?.pages.at(-1)?.next ?? null;
  const clear = useCallback(() => {
    setKind(null);
    setOutcome(null);
    setReason(null);
    setText('');
  }, []);
  const showOnly = useCallback(
    (of: string, why: string) => {
      clear();
      setOutcome(of);
      setReason(why);
    },
    [clear],
  );
  return (
    <>
      <FeedTitle title={title} lead={lead} inPage={inPage === true}>
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
            onClick={() => {
              setPaused(!paused);
              // More may have come than the stream keeps: the journal has them all.
              if (paused) void journal.refetch();
            }}
            data-testid="live-pause"
          >
            {say(paused ? 'verification.resume' : 'verification.pause')}
          </Button>
          {actions?.(filter)}
        </Group>
      </FeedTitle>
      <div className="cards">
        <Section id="troubles" title={say('trouble.title')}>
          <Troubles source={source} zone={zone} onShow={showOnly} />
        </Section>
        <Section id="checks" title={say('check.title')} help={say('check.help')}>
          {checks.isPending ? <Loading /> : null}
          {checks.isError ? <PageError error={checks.error} onRetry={() => void checks.refetch()} /> : null}
          {checks.data === undefined ? null : (
            <CheckList within={checksWithin} installation={checks.data} zone={zone} />
          )}
        </Section>
      </div>
      <FeedFilters
        kind={kind}
        outcome={outcome}
        text={source.masked ? null : text}
        onKind={setKind}
        onOutcome={setOutcome}
        onText={setText}
        onClear={filtered ? clear : null}
      />
      {reason === null ? null : (
        <Text size="sm" mb="sm">
          {say('verification.filter.reason', { reason: word('reason', reason) })}
        </Text>
      )}
      <div role="status">
        {paused && live.waiting > 0 ? (
          <Text size="sm" mb="sm">
            {say('verification.waiting', { count: live.waiting })}
          </Text>
        ) : null}
        {live.skipped > 0 ? (
          <Text size="sm" mb="sm" c="dimmed" data-testid="live-skipped">
            {say('verification.skipped', { count: live.skipped })}
          </Text>
        ) : null}
      </div>
      {paused ? null : <LiveNews rows={live.rows} />}
      {live.state === 'failed' ? <PageError error={live.error} onRetry={live.retry} /> : null}
      {journal.isError ? <PageError error={journal.error} onRetry={() => void journal.refetch()} /> : null}
      {journal.isPending && shown.length === 0 ? <Loading /> : null}
      {journal.isSuccess && shown.length === 0 && !filtered ? (
        <Empty title={say('verification.empty')}>{say('verification.emptyHelp')}</Empty>
      ) : null}
      {journal.isSuccess && shown.length === 0 && filtered ? <Empty title={say('verification.noMatch')} /> : null}
      {shown.length === 0 ? null : (
        <div>
          <div className="live-head" aria-hidden="true">
            {columns.map((column) => (
              <span key={column}>{say(`verification.col.${column}`)}</span>
            ))}
          </div>
          <ul className="live-list">
            {shown.map((row) => (
              <VerificationRow key={row.seq} source={source} row={row} zone={zone} />
            ))}
          </ul>
        </div>
      )}
      {journal.hasNextPage ? (
        <Group justify="center" mt="md" gap="md">
          {looked === null || shown.length > 0 ? null : (
            <Text size="sm" c="dimmed">
              {say('verification.searched', { date: format.dateTime(looked.at) })}
            </Text>
          )}
          <Button
            variant="default"
            loading={journal.isFetchingNextPage}
            onClick={() => void journal.fetchNextPage()}
            data-testid="older"
          >
            {say(shown.length === 0 ? 'verification.searchFurther' : 'verification.older')}
          </Button>
        </Group>
      ) : shown.length > 0 && journal.isSuccess ? (
        <Text size="sm" c="dimmed" ta="center" mt="md">
          {say('verification.end')}
        </Text>
      ) : null}
    </>
  );
}

function placeOf(place: JournalPage['next']): JournalQuery {
  return place === null ? {} : { beforeAt: place.at, beforeSeq: place.seq };
}

function matches(row: Row, kind: string | null, outcome: string | null, reason: string | null, text: string): boolean {
  if (kind !== null && row.kind !== kind) return false;
  if (outcome !== null && row.outcome !== outcome) return false;
  if (reason !== null && !row.reasons.includes(reason)) return false;
  const wanted = text.trim().toLowerCase();
  return wanted === '' || [row.who, row.order?.key].some((value) => value?.toLowerCase().includes(wanted));
}

function FeedTitle({
  title,
  lead,
  inPage,
  children,
}: {
  title: string;
  lead: string;
  inPage: boolean;
  children: ReactNode;
}) {
  if (!inPage)
    return (
      <PageTitle title={title} lead={lead}>
        {children}
      </PageTitle>
    );
  return (
    <Group justify="space-between" align="flex-end" mb="lg" gap="md">
      <div>
        <Title order={2} size="h3" id="verification-title">
          {title}
        </Title>
        <Text c="dimmed" mt={4}>
          {lead}
        </Text>
      </div>
      {children}
    </Group>
  );
}
