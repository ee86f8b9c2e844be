import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useState } from 'react';
import type { DeveloperPage } from '#contract/developer.ts';
import { ApiError } from './api.ts';
import { developerApi, developerKey } from './developer-api.ts';
import { errorText, Loading, PageError } from './page-state.tsx';
import { LanguageSwitch, ThemeSwitch } from './shell.tsx';
import { useText } from './text.ts';

const pageKey = [...developerKey, 'page'];
const refreshMs = 5_000;
const tokenPattern = /^\d+\.\d+\.[\w-]{43}$/;

/** The secret of the mailed link; it leaves the address bar at once, and no server ever logs a fragment. */
function takeToken(): string | null {
  const token = window.location.hash.slice(1);
  return tokenPattern.test(token) ? token : null;
}

/** Frame of the pages behind a mailed link. A button opens them: programs that look into mails press none. */
export function DeveloperDoor({ children }: { children: (page: DeveloperPage) => ReactNode }) {
  const say = useText();
  const [token, setToken] = useState(takeToken);
  useDocumentTitle(`${say('developer.page.title')} · ${say('app.name')}`);
  useEffect(() => {
    const look = () => {
      const found = takeToken();
      if (found === null) return;
      window.history.replaceState(null, '', window.location.pathname);
      setToken(found);
    };
    look();
    // A link pasted over the page it belongs to loads nothing anew.
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);
  return (
    <div className="developer">
      <a className="skip" href="#content">
        {say('app.skip')}
      </a>
      <header className="developer-head">
        <span className="brand">{say('app.name')}</span>
        <Group gap="xs" wrap="nowrap">
          <LanguageSwitch />
          <ThemeSwitch />
        </Group>
      </header>
      <main className="page developer-main" id="content" tabIndex={-1}>
        {token === null ? (
          <Opened>{children}</Opened>
        ) : (
          <Door key={token} token={token} onOpen={() => setToken(null)} />
        )}
      </main>
    </div>
  );
}

function Door({ token, onOpen }: { token: string; onOpen: () => void }) {
  const say = useText();
  const queries = useQueryClient();
  const open = useMutation({
    mutationFn: () => developerApi.open(token),
    onSuccess: async () => {
      await queries.resetQueries({ queryKey: developerKey });
      onOpen();
    },
  });
  return (
    <Paper withBorder p="xl" maw={560} mx="auto" mt="xl">
      <Stack align="flex-start">
        <Title order={1} size="h3">
          {say('developer.door.title')}
        </Title>
        <Text c="dimmed">{say('developer.door.help')}</Text>
        {open.isError ? (
          <Alert color="red" role="alert" data-testid="developer-refused">
            {open.error instanceof ApiError && open.error.status === 401
              ? say('developer.door.over')
              : errorText(say, open.error)}
          </Alert>
        ) : null}
        <Button onClick={() => open.mutate()} loading={open.isPending} data-testid="developer-open">
          {say('developer.door.open')}
        </Button>
      </Stack>
    </Paper>
  );
}

function Opened({ children }: { children: (page: DeveloperPage) => ReactNode }) {
  const say = useText();
  const page = useDeveloperPage();
  if (page.isPending) return <Loading />;
  // What was shown goes with the right to see it.
  if (page.isError && page.error instanceof ApiError && page.error.status === 401)
    return (
      <Paper withBorder p="xl" maw={560} mx="auto" mt="xl" data-testid="developer-over">
        <Title order={1} size="h3">
          {say('developer.over.title')}
        </Title>
        <Text c="dimmed" mt="sm">
          {say('developer.over.help')}
        </Text>
      </Paper>
    );
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  return children(page.data);
}

export function useDeveloperPage() {
  return useQuery({ queryKey: pageKey, queryFn: developerApi.page, refetchInterval: refreshMs });
}
