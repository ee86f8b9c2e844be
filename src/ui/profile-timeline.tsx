import { Button, Group, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ProfilePage } from '#contract/profile.ts';
import type { JournalPage } from '#contract/verification.ts';
import { call } from './api.ts';
import { Loading, PageError } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText } from './text.ts';
import { VerificationRow } from './verification-row.tsx';
import { shopSource } from './verification-source.ts';

/** Everything that ever named this person, as it came, with what it did. */
export function ProfileTimeline({ shop, page }: { shop: number; page: ProfilePage }) {
  const say = useText();
  const timeline = useInfiniteQuery({
    queryKey: ['shop', shop, 'profile', page.id, 'timeline'],
    queryFn: ({ pageParam }) => {
      const before =
        pageParam === null
          ? ''
          : `?${new URLSearchParams({ beforeAt: String(pageParam.at), beforeSeq: pageParam.seq })}`;
      return call<JournalPage>('GET', `/api/shops/${shop}/profiles/${page.id}/timeline${before}`);
    },
    initialPageParam: null as JournalPage['next'],
    getNextPageParam: (last) => last.next,
  });
  const rows = timeline.data?.pages.flatMap((one) => one.rows) ?? [];
  return (
    <Section id="timeline" title={say('timeline.title')} help={say('timeline.help')}>
      {timeline.isPending ? <Loading /> : null}
      {timeline.isError ? <PageError error={timeline.error} onRetry={() => void timeline.refetch()} /> : null}
      {timeline.isSuccess && rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('timeline.none')}
        </Text>
      ) : null}
      <ul className="live-list" data-testid="timeline">
        {rows.map((row) => (
          <VerificationRow key={row.seq} source={shopSource(shop)} row={row} zone={page.zone} />
        ))}
      </ul>
      {timeline.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={timeline.isFetchingNextPage}
            onClick={() => void timeline.fetchNextPage()}
            data-testid="timeline-older"
          >
            {say('verification.older')}
          </Button>
        </Group>
      ) : null}
    </Section>
  );
}
