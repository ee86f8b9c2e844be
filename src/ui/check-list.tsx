import { Badge, Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { memo } from 'react';
import type { Installation, Sighted } from '#contract/installation.ts';
import { useFormat } from './format.ts';
import { Icon } from './icons.tsx';
import { isTestKind, sendTest, type TestKind } from './installation-api.ts';
import { errorText } from './page-state.tsx';
import { tone } from './pieces.tsx';
import { useText } from './text.ts';

const shown: readonly Sighted['what'][] = [
  ...(['script', 'page', 'account', 'order', 'paid', 'optin-email', 'optin-sms', 'cart'] as const),
];

const dayMs = 86_400_000;

/** Ticks itself from real traffic; a test ticks apart. */
export const CheckList = memo(function Checks({
  within,
  installation,
  zone,
}: {
  /** What the list's own answer is kept under: asked for again after a test. */
  within: QueryKey;
  installation: Pick<Installation, 'sightings' | 'testKey'>;
  zone: string;
}) {
  const say = useText();
  const seen = (what: Sighted['what']) => installation.sightings.find((one) => one.what === what);
  const scriptOnly = seen('browser-order')?.lastAt != null && seen('server-order')?.lastAt == null;
  return (
    <>
      <ul className="checks" data-testid="check-list">
        {shown.map((what) => (
          <Check
            key={what}
            within={within}
            zone={zone}
            testKey={installation.testKey}
            sighted={seen(what) ?? { what, lastAt: null, testAt: null }}
          />
        ))}
      </ul>
      <NoSignal installation={installation} />
      {scriptOnly ? (
        <p className="note" data-testid="check-script-only">
          {say('check.scriptOnly')}
        </p>
      ) : null}
    </>
  );
});

/** While calls arrive from pages that do not say whether their visitors agreed. */
export function NoSignal({ installation }: { installation: Pick<Installation, 'sightings'> }) {
  const say = useText();
  const last = installation.sightings.find(({ what }) => what === 'no-signal')?.lastAt ?? 0;
  if (Date.now() - last >= dayMs) return null;
  return (
    <p className="note" data-testid="check-no-signal">
      {say('check.no-signal')}
    </p>
  );
}

interface CheckProps {
  readonly within: QueryKey;
  readonly zone: string;
  readonly testKey: string;
  readonly sighted: Sighted;
}

function Check({ within, zone, testKey, sighted }: CheckProps) {
  const say = useText();
  const format = useFormat(zone);
  const { what, lastAt, testAt } = sighted;
  const state = lastAt !== null ? 'done' : testAt !== null ? 'test' : 'waiting';
  const words = [
    lastAt === null ? say('check.never') : say('check.seen', { date: format.dateTime(lastAt) }),
    ...(testAt === null ? [] : [say('check.testSeen', { date: format.dateTime(testAt) })]),
  ];
  return (
    <li className="check" data-testid="check" data-what={what} data-state={state}>
      <span className="check-mark" aria-hidden="true">
        {state === 'waiting' ? null : <Icon name="check" size={14} />}
      </span>
      <div className="grow">
        <span className="check-name">{say(`check.${what}`)}</span>
        <span className="check-seen">{words.join(' · ')}</span>
      </div>
      {state === 'test' ? (
        <Badge {...tone('grape')} tt="none" visibleFrom="xs">
          {say('check.onlyTest')}
        </Badge>
      ) : null}
      {isTestKind(what) ? <SendTest within={within} testKey={testKey} kind={what} /> : null}
    </li>
  );
}

export function SendTest({
  within,
  testKey,
  kind,
  filled,
}: {
  within: QueryKey;
  testKey: string;
  kind: TestKind;
  filled?: boolean;
}) {
  const say = useText();
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: () => sendTest(testKey, kind),
    onSuccess: async () => {
      notifications.show({ color: 'teal', message: say('check.sent') });
      await queries.invalidateQueries({ queryKey: within });
      // The item is applied a moment after its answer.
      setTimeout(() => void queries.invalidateQueries({ queryKey: within }), 1_000);
    },
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  return (
    <Button
      size={filled ? 'sm' : 'xs'}
      variant={filled ? 'filled' : 'default'}
      loading={send.isPending}
      onClick={() => send.mutate()}
      aria-label={say('check.sendOf', { what: say(`check.${kind}`) })}
      data-testid={`send-test-${kind}`}
    >
      {say('check.send')}
    </Button>
  );
}
