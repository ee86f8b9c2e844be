import { Badge, Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { encode } from 'uqr';
import type { AccountPage, FactorSecret } from '#contract/account.ts';
import { useFormat } from './format.ts';
import { accountApi } from './people-api.ts';
import { CodeBlock, Section, tone } from './pieces.tsx';
import { useText } from './text.ts';
import { useAct } from './use-act.ts';

const touches = ['account'];

/** The second step at sign-in: turned on with the app's first code, off with any. */
export function SecondFactorSection({ account }: { account: AccountPage }) {
  const say = useText();
  const format = useFormat(Intl.DateTimeFormat().resolvedOptions().timeZone);
  const [shown, setShown] = useState<FactorSecret | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const factor = account.secondFactor;
  return (
    <Section id="two-steps" title={say('twoSteps.title')} help={say('twoSteps.help')}>
      <Stack gap="md">
        <Group gap="xs">
          <Badge
            {...tone(factor === null ? 'gray' : 'teal')}
            tt="none"
            data-testid="two-steps-state"
            data-on={factor !== null}
          >
            {factor === null ? say('twoSteps.off') : say('twoSteps.on', { date: format.date(factor.since) })}
          </Badge>
          {factor === null ? null : (
            <Text size="sm">{say('twoSteps.codesLeft', { count: factor.backupCodesLeft })}</Text>
          )}
        </Group>
        {codes === null ? null : <Codes codes={codes} onKept={() => setCodes(null)} />}
        {factor === null && shown === null ? <Begin hasPassword={account.hasPassword} onShown={setShown} /> : null}
        {factor === null && shown !== null ? (
          <Confirm
            secret={shown}
            onCodes={(made) => {
              setCodes(made);
              setShown(null);
            }}
          />
        ) : null}
        {factor === null || codes !== null ? null : <Standing onCodes={setCodes} />}
      </Stack>
    </Section>
  );
}

function Begin({ hasPassword, onShown }: { hasPassword: boolean; onShown: (secret: FactorSecret) => void }) {
  const say = useText();
  const [password, setPassword] = useState('');
  const begin = useAct(() => accountApi.beginFactor({ password: hasPassword ? password : null }), { onDone: onShown });
  return (
    <Form onSubmit={() => begin.mutate(undefined)}>
      {hasPassword ? (
        <PasswordInput
          label={say('twoSteps.beginPassword')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': say('signIn.showPassword') }}
          required
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-testid="two-steps-password"
        />
      ) : null}
      <div>
        <Button type="submit" loading={begin.isPending} data-testid="two-steps-begin">
          {say('twoSteps.begin')}
        </Button>
      </div>
    </Form>
  );
}

function Confirm({ secret, onCodes }: { secret: FactorSecret; onCodes: (codes: readonly string[]) => void }) {
  const say = useText();
  const [code, setCode] = useState('');
  const confirm = useAct(() => accountApi.confirmFactor(code.trim()), {
    touches,
    onDone: ({ codes }) => onCodes(codes),
  });
  return (
    <Form onSubmit={() => confirm.mutate(undefined)}>
      <Text size="sm">{say('twoSteps.scan')}</Text>
      <Picture text={secret.uri} label={say('twoSteps.picture')} />
      <CodeBlock
        text={secret.secret.replace(/(.{4})/g, '$1 ').trim()}
        label={say('twoSteps.secret')}
        wrap
        testId="two-steps-secret"
      />
      <CodeInput label={say('twoSteps.code')} value={code} onChange={setCode} />
      <div>
        <Button type="submit" loading={confirm.isPending} data-testid="two-steps-confirm">
          {say('twoSteps.confirm')}
        </Button>
      </div>
    </Form>
  );
}

function Standing({ onCodes }: { onCodes: (codes: readonly string[]) => void }) {
  const say = useText();
  const [code, setCode] = useState('');
  const fresh = useAct(() => accountApi.newCodes(code.trim()), {
    touches,
    onDone: ({ codes }) => {
      setCode('');
      onCodes(codes);
    },
  });
  const end = useAct(() => accountApi.endFactor(code.trim()), {
    told: () => say('twoSteps.ended'),
    touches,
    onDone: () => setCode(''),
  });
  const given = code.trim().length >= 6;
  return (
    <Form onSubmit={() => fresh.mutate(undefined)}>
      <CodeInput label={say('twoSteps.codeOrBackup')} value={code} onChange={setCode} />
      <Group gap="xs">
        <Button
          type="submit"
          variant="default"
          disabled={!given}
          loading={fresh.isPending}
          data-testid="two-steps-new-codes"
        >
          {say('twoSteps.codesNew')}
        </Button>
        <Button
          variant="default"
          disabled={!given}
          loading={end.isPending}
          onClick={() => end.mutate(undefined)}
          data-testid="two-steps-end"
        >
          {say('twoSteps.end')}
        </Button>
      </Group>
    </Form>
  );
}

function Codes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const say = useText();
  return (
    <Stack gap="xs" maw={420} role="status">
      <Text fw={600}>{say('twoSteps.codes')}</Text>
      <Text size="sm">{say('twoSteps.codesHelp')}</Text>
      <CodeBlock text={codes.join('\n')} label={say('twoSteps.codes')} testId="two-steps-codes" />
      <div>
        <Button variant="default" onClick={onKept} data-testid="two-steps-kept">
          {say('twoSteps.codesKept')}
        </Button>
      </div>
    </Stack>
  );
}

function CodeInput({ label, value, onChange }: { label: string; value: string; onChange: (text: string) => void }) {
  return (
    <TextInput
      label={label}
      autoComplete="one-time-code"
      required
      minLength={6}
      maxLength={20}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      data-testid="two-steps-code"
    />
  );
}

function Form({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={420}>
        {children}
      </Stack>
    </form>
  );
}

/** Dark on light in every theme: phones read nothing else. */
function Picture({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { border: 2 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      width={220}
      height={220}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  );
}
