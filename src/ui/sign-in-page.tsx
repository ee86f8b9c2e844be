import { Alert, Button, Group, Loader, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import type { Me } from '#contract/session.ts';
import { ApiError, api } from './api.ts';
import { errorText } from './page-state.tsx';
import { LanguageSwitch, ThemeSwitch } from './shell.tsx';
import { useText } from './text.ts';

export function SignInPage() {
  const say = useText();
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFault(null);
    try {
      await enter(await api.signIn({ email, password }));
    } catch (error) {
      const wrong = error instanceof ApiError && (error.status === 401 || error.status === 400);
      setFault(wrong ? say('signIn.wrong') : errorText(say, error));
      setBusy(false);
    }
  };
  return (
    <SignInFrame>
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          {fault === null ? null : (
            <Alert color="red" role="alert">
              {fault}
            </Alert>
          )}
          <TextInput
            label={say('signIn.email')}
            type="email"
            name="email"
            autoComplete="username"
            required
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
            data-testid="sign-in-email"
          />
          <PasswordInput
            label={say('signIn.password')}
            name="password"
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': say('signIn.showPassword') }}
            required
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            data-testid="sign-in-password"
          />
          <Button type="submit" loading={busy} fullWidth data-testid="sign-in-submit">
            {say('signIn.submit')}
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}

/** The secret stands in the fragment: it reaches no log on its way, and leaves the address bar at once. */
const usedLinks = new Map<string, Promise<Me>>();

export function SignInLinkPage() {
  const say = useText();
  const enter = useEnter();
  const [failed, setFailed] = useState<string | null>(null);
  const [token] = useState(() => window.location.hash.slice(1));

  useEffect(() => {
    window.history.replaceState(null, '', '/sign-in/link');
    const using = usedLinks.get(token) ?? api.signInWithLink(token);
    usedLinks.set(token, using);
    using.then(enter).catch((error) => {
      const used = error instanceof ApiError && (error.status === 401 || error.status === 400);
      setFailed(used ? say('signIn.linkUsed') : errorText(say, error));
    });
    // Once per link, whatever renders.
  }, [token]);

  return (
    <SignInFrame>
      {failed === null ? (
        <Group justify="center" role="status">
          <Loader size="sm" aria-hidden />
          <Text>{say('signIn.linkWorking')}</Text>
        </Group>
      ) : (
        <Stack>
          <Alert color="red" role="alert">
            {failed}
          </Alert>
          <Text size="sm" c="dimmed">
            {say('signIn.linkHelp')}
          </Text>
          <Button component="a" href="/sign-in" variant="default">
            {say('signIn.title')}
          </Button>
        </Stack>
      )}
    </SignInFrame>
  );
}

function SignInFrame({ children }: { children: ReactNode }) {
  const say = useText();
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
            {say('signIn.title')}
          </Title>
          {children}
        </Paper>
      </div>
    </main>
  );
}

/** To the only shop there is, to where the person was, or to the list. */
function useEnter() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  return async (me: Me): Promise<void> => {
    queries.setQueryData(['me'], me);
    const back = window.location.hash.slice(1);
    if (/^\/shops(\/|$)/.test(back)) return navigate({ href: back, replace: true });
    const [only, ...others] = me.shops;
    if (only !== undefined && others.length === 0) {
      return navigate({ to: '/shops/$shopId/tracker', params: { shopId: String(only.id) }, replace: true });
    }
    return navigate({ to: '/shops', replace: true });
  };
}
