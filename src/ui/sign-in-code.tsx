import { Alert, Button, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { problemText } from './page-state.tsx';
import { accountApi } from './people-api.ts';
import { SignInFrame, useEnter } from './sign-in-frame.tsx';
import { useText } from './text.ts';

/** The second step, after a password or a link was right. `back`: where the person was going. */
export function CodeForm({ challenge, back }: { challenge: string; back?: string }) {
  const say = useText();
  const enter = useEnter();
  const [code, setCode] = useState('');
  const send = useMutation({
    mutationFn: () => accountApi.signInWithCode({ challenge, code: code.trim() }),
    onSuccess: (me) => enter(me, back),
    onError: () => setCode(''),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        {send.isError ? (
          <Alert color="red" role="alert">
            {problemText(say, send.error)}
          </Alert>
        ) : null}
        <Text size="sm">{say('signIn.codeLead')}</Text>
        <TextInput
          label={say('twoSteps.codeOrBackup')}
          name="code"
          autoComplete="one-time-code"
          required
          minLength={6}
          maxLength={20}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          data-autofocus
          data-testid="sign-in-code"
        />
        <Button type="submit" loading={send.isPending} fullWidth data-testid="sign-in-code-submit">
          {say('signIn.codeSubmit')}
        </Button>
        <Button component="a" href="/sign-in" variant="subtle">
          {say('signIn.back')}
        </Button>
      </Stack>
    </form>
  );
}

/** Where the shop's module leads who has a second step; the challenge stands in the fragment. */
export function SignInCodePage() {
  const say = useText();
  const [challenge] = useState(() => window.location.hash.slice(1));
  useEffect(() => window.history.replaceState(null, '', '/sign-in/code'), []);
  return (
    <SignInFrame title={say('signIn.codeTitle')}>
      <CodeForm challenge={challenge.padEnd(10, '-')} />
    </SignInFrame>
  );
}
