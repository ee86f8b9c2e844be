import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useEffect, useState } from 'react';
import { problemText } from './page-state.tsx';
import { accountApi } from './people-api.ts';
import { SignInFrame } from './sign-in-frame.tsx';
import { useText } from './text.ts';

const leastLength = 12;

/** A new password is typed once, and shown on demand. */
export function NewPasswordInput({
  value,
  onChange,
  label,
}: {
  value: string;
  onChange: (text: string) => void;
  label: string;
}) {
  const say = useText();
  const short = value !== '' && value.length < leastLength;
  return (
    <PasswordInput
      label={label}
      autoComplete="new-password"
      visibilityToggleButtonProps={{ 'aria-label': say('signIn.showPassword') }}
      required
      minLength={leastLength}
      maxLength={200}
      error={short ? say('account.passwordShort') : undefined}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-testid="password-new"
    />
  );
}

export function ForgottenPage() {
  const say = useText();
  const [email, setEmail] = useState('');
  const send = useMutation({ mutationFn: () => accountApi.forgotten(email.trim()) });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate();
  };
  return (
    <SignInFrame title={say('forgotten.title')}>
      <form onSubmit={submit}>
        <Stack>
          {send.isError ? (
            <Alert color="red" role="alert">
              {problemText(say, send.error)}
            </Alert>
          ) : null}
          {send.isSuccess ? (
            <Alert color="teal" role="status" data-testid="forgotten-done">
              {say('forgotten.done', { email: email.trim() })}
            </Alert>
          ) : (
            <>
              <Text size="sm">{say('forgotten.lead')}</Text>
              <TextInput
                label={say('signIn.email')}
                type="email"
                name="email"
                autoComplete="username"
                required
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
                data-testid="forgotten-email"
              />
              <Button type="submit" loading={send.isPending} fullWidth data-testid="forgotten-submit">
                {say('forgotten.submit')}
              </Button>
            </>
          )}
          <Button component="a" href="/sign-in" variant="subtle">
            {say('signIn.back')}
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}

/** What the mailed link opens; its secret stands in the fragment. */
export function ResetPage() {
  const say = useText();
  const [token] = useState(() => window.location.hash.slice(1));
  const [password, setPassword] = useState('');
  const save = useMutation({ mutationFn: () => accountApi.reset({ token: token.padEnd(10, '-'), password }) });
  useEffect(() => window.history.replaceState(null, '', '/sign-in/reset'), []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <SignInFrame title={say('reset.title')}>
      <form onSubmit={submit}>
        <Stack>
          {save.isError ? (
            <Alert color="red" role="alert">
              {problemText(say, save.error)}
            </Alert>
          ) : null}
          {save.isSuccess ? (
            <Alert color="teal" role="status" data-testid="reset-done">
              {say('reset.done')}
            </Alert>
          ) : (
            <>
              <NewPasswordInput label={say('account.passwordNew')} value={password} onChange={setPassword} />
              <Button
                type="submit"
                loading={save.isPending}
                disabled={password.length < leastLength}
                fullWidth
                data-testid="reset-submit"
              >
                {say('reset.submit')}
              </Button>
            </>
          )}
          <Button component="a" href="/sign-in" variant={save.isSuccess ? 'filled' : 'subtle'}>
            {say(save.isSuccess ? 'signIn.submit' : 'signIn.back')}
          </Button>
        </Stack>
      </form>
    </SignInFrame>
  );
}
