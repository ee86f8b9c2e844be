import { Button, Group, Paper, Text, TextInput } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api } from './api.ts';
import { ExportMenu } from './export-menu.tsx';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import { Empty, Loading, PageError, PageTitle } from './page-state.tsx';
import { useText } from './text.ts';

export function ProfilesPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const [typed, setTyped] = useState('');
  const [search, setSearch] = useState('');
  const list = useInfiniteQuery({
    queryKey: ['shop', shop, 'profiles', search],
    queryFn: ({ pageParam }) => api.profiles(shop, { search, after: pageParam }),
    initialPageParam: '',
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
  });
  const [first] = list.data?.pages ?? [];
  const profiles = list.data?.pages.flatMap((page) => page.profiles) ?? [];
  const format = useFormat(first?.zone ?? 'UTC');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSearch(typed.trim());
  };
  return (
    <>
      <PageTitle title={say('profiles.title')} lead={say('profiles.lead')}>
        <ExportMenu shop={shop} asked={{ kind: 'profiles', filter: { search } }} />
      </PageTitle>
      <form onSubmit={submit}>
        <Group align="flex-end" gap="sm" mb="lg">
          <TextInput
            label={say('profiles.search')}
            type="search"
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            leftSection={<Icon name="search" size={16} />}
            className="grow"
            maw={520}
            data-testid="profile-search"
          />
          <Button type="submit" variant="default" data-testid="profile-search-submit">
            {say('profiles.searchShort')}
          </Button>
        </Group>
      </form>
      {list.isPending ? <Loading /> : null}
      {list.isError ? <PageError error={list.error} onRetry={() => void list.refetch()} /> : null}
      {first !== undefined && profiles.length === 0 ? (
        <Empty title={say(search === '' ? 'profiles.empty' : 'profiles.notFound')}>
          {say(search === '' ? 'profiles.emptyHelp' : 'profiles.notFoundHelp')}
        </Empty>
      ) : null}
      {profiles.length > 0 ? (
        <Paper withBorder px="md" py={4}>
          {profiles.map((profile) => {
            const name = [profile.firstname, profile.name].filter((part) => part !== null).join(' ');
            return (
              <div key={profile.id} className="basis-row" data-testid="profile-row">
                <div className="grow">
                  <Link
                    to="/shops/$shopId/profiles/$profileId"
                    params={{ shopId: String(shop), profileId: String(profile.id) }}
                    className="text-link"
                  >
                    {profile.email ?? (name || say('profile.unnamed', { id: profile.id }))}
                  </Link>
                  {profile.email !== null && name !== '' ? (
                    <Text size="sm" c="dimmed">
                      {name}
                    </Text>
                  ) : null}
                </div>
                <Text size="sm" c="dimmed">
                  {say('profiles.lastSeen', { date: format.dateTime(profile.lastSeen) })}
                </Text>
              </div>
            );
          })}
        </Paper>
      ) : null}
      {list.hasNextPage ? (
        <Group justify="center" mt="md">
          <Button
            variant="default"
            loading={list.isFetchingNextPage}
            onClick={() => void list.fetchNextPage()}
            data-testid="profiles-more"
          >
            {say('profiles.more')}
          </Button>
        </Group>
      ) : null}
    </>
  );
}
