import { Alert, Anchor, Button, Group, Loader, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import type { Challenge, Me } from '#contract/session.ts';
import { ApiError, api } from './api.ts';
import { errorText } from './page-state.tsx';
import { CodeForm } from './sign-in-code.tsx';
import { SignInFrame, useEnter } from './sign-in-frame.tsx';
import { useText } from './text.ts';

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 401 || error.status === 400);
}

/** Where the person was going stands in the fragment. */
export function SignInPage() {
  const say = useText();
  const enter = useEnter();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [challenge, setChallenge] = useState<string | null>(null);
  const [back] = useState(() => window.location.hash.slice(1));
  const send = useMutation({
    mutationFn: () => api.signIn({ email, password }),
    onSuccess: (answer) => ('challenge' in answer ? setChallenge(answer.challenge) : enter(answer, back)),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  if (challenge !== null)
    return (
      <SignInFrame title={say('signIn.codeTitle')}>
        <CodeForm challenge={challenge} back={back} />
      </SignInFrame>
    );
  return (
    <SignInFrame title={say('signIn.title')}>
      <form onSubmit={submit}>
        <Stack>
          {send.isError ? (
            <Alert color="red" role="alert">
              {isRefused(send.error) ? say('signIn.wrong') : errorText(say, send.error)}
            </Alert>
          ) : null}
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
          <Button type="submit" loading={send.isPending || send.isSuccess} fullWidth data-testid="sign-in-submit">
            {say('signIn.submit')}
          </Button>
          <Anchor renderRoot={(props) => <Link {...props} to="/sign-in/forgotten" />} size="sm" ta="center">
            {say('signIn.forgotten')}
          </Anchor>
        </Stack>
      </form>
    </SignInFrame>
  );
}

/** The secret stands in the fragment: it reaches no log on its way, and leaves the address bar at once. */
const usedLinks = new Map<string, Promise<Me | Challenge>>();

export function SignInLinkPage() {
  const say = useText();
  const enter = useEnter();
  const [failed, setFailed] = useState<string | null>(null);
  const [challenge, setChallenge] = useState<string | null>(null);
  const [token] = useState(() => window.location.hash.slice(1));

  useEffect(() => {
    window.history.replaceState(null, '', '/sign-in/link');
    const using = usedLinks.get(token) ?? api.signInWithLink(token);
    usedLinks.set(token, using);
    using
      .then((answer) => ('challenge' in answer ? setChallenge(answer.challenge) : enter(answer)))
      .catch((error) => setFailed(isRefused(error) ? say('signIn.linkUsed') : errorText(say, error)));
    // Once per link, whatever renders.
  }, [token]);

  if (challenge !== null)
    return (
      <SignInFrame title={say('signIn.codeTitle')}>
        <CodeForm challenge={challenge} />
      </SignInFrame>
    );
  return (
    <SignInFrame title={say('signIn.title')}>
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
