import { Group, Paper, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Me } from '#contract/session.ts';
import { LanguageSwitch, ThemeSwitch } from './shell.tsx';
import { changeLanguage, useText } from './text.ts';

/** The frame of every page that needs no session. */
export function SignInFrame({ title, children }: { title: string; children: ReactNode }) {
  const say = useText();
  useDocumentTitle(`${title} · ${say('app.name')}`);
  return (
    <main className="sign-in">
      <Group justify="flex-end" p="md" gap="xs">
        <LanguageSwitch />
        <ThemeSwitch />
      </Group>
      <div className="sign-in-place">
        <Text className="brand" ta="center" size="xl">
          {say('app.name')}
        </Text>
        <Text c="dimmed" ta="center" size="sm" mt={4} mb="lg">
          {say('signIn.lead')}
        </Text>
        <Paper withBorder shadow="sm" p="xl">
          <Title order={1} size="h3" mb="md">
            {title}
          </Title>
          {children}
        </Paper>
      </div>
    </main>
  );
}

/** To the only shop there is, to `back` (a place of ours), or to the list; in the language the person chose. */
export function useEnter() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (me: Me, back = ''): Promise<void> => {
    queries.clear();
    queries.setQueryData(['me'], me);
    if (me.user.lang !== null) await changeLanguage(me.user.lang);
    if (/^\/(shops|account|instance)(\/|$)|^\/invitation#/.test(back)) return navigate({ href: back, replace: true });
    const [only, ...others] = me.shops;
    if (only !== undefined && others.length === 0) {
      return navigate({ to: '/shops/$shopId', params: { shopId: String(only.id) }, replace: true });
    }
    return navigate({ to: '/shops', replace: true });
  };
}
