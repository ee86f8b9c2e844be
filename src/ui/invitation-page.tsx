import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Invitation } from '#contract/members.ts';
import { ApiError } from './api.ts';
import { Loading, problemText } from './page-state.tsx';
import { NewPasswordInput } from './password-pages.tsx';
import { accountApi } from './people-api.ts';
import { SignInFrame, useEnter } from './sign-in-frame.tsx';
import { useLanguage, useText } from './text.ts';

/** What the mailed link opens. Its secret stays in the fragment until it is used: who must sign in first comes back with it. */
export function InvitationPage() {
  const say = useText();
  const [token] = useState(() => window.location.hash.slice(1).padEnd(10, '-'));
  const invitation = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => accountApi.invitation(token),
    retry: false,
  });
  const over = invitation.isError && invitation.error instanceof ApiError && invitation.error.status === 404;
  return (
    <SignInFrame title={say('invitation.title')}>
      {invitation.isPending ? <Loading /> : null}
      {invitation.isError ? (
        <Stack>
          <Alert color="red" role="alert">
            {over ? say('invitation.over') : problemText(say, invitation.error)}
          </Alert>
          <Button component="a" href="/sign-in" variant="default">
            {say('signIn.back')}
          </Button>
        </Stack>
      ) : null}
      {invitation.data === undefined ? null : <Accept invitation={invitation.data} token={token} />}
    </SignInFrame>
  );
}

function Accept({ invitation, token }: { invitation: Invitation; token: string }) {
  const say = useText();
  const enter = useEnter();
  const lang = useLanguage();
  const { shop, inviter, role, email, account } = invitation;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const accept = useMutation({
    mutationFn: () => accountApi.accept({ token, ...(account === 'new' ? { name: name.trim(), password, lang } : {}) }),
    onSuccess: (me) => enter(me),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    accept.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {accept.isError ? (
          <Alert color="red" role="alert">
            {accept.error instanceof ApiError && accept.error.status === 404
              ? say('invitation.over')
              : problemText(say, accept.error)}
          </Alert>
        ) : null}
        <Text data-testid="invitation-lead">
          {inviter === null ? say('invitation.leadNobody', { shop }) : say('invitation.lead', { shop, inviter })}
        </Text>
        <Text size="sm">
          {say('invitation.role', { role: say(`role.${role}`) })} {say(`roleHelp.${role}`)}
        </Text>
        <Text size="sm" c="dimmed">
          {say(`invitation.${account}`, { email })}
        </Text>
        {account === 'new' ? (
          <>
            <TextInput
              label={say('invitation.name')}
              name="name"
              autoComplete="name"
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              data-testid="invitation-name"
            />
            <NewPasswordInput label={say('signIn.password')} value={password} onChange={setPassword} />
          </>
        ) : null}
        {account === 'elsewhere' ? (
          <Button component="a" href={`/sign-in#/invitation#${token}`} data-testid="invitation-sign-in">
            {say('invitation.signIn')}
          </Button>
        ) : (
          <Button type="submit" loading={accept.isPending} data-testid="invitation-accept">
            {say('invitation.accept')}
          </Button>
        )}
      </Stack>
    </form>
  );
}
