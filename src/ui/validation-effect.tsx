import { Badge, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { ValidationEffect as Part } from '#contract/installation.ts';
import { useFormat } from './format.ts';
import { installationApi, type ValidationSetting } from './installation-api.ts';
import { PageError } from './page-state.tsx';
import { tone } from './pieces.tsx';
import { useText } from './text.ts';

/** What the change would do to every order there is, counted slice by slice; the children hear when all of it is known. */
export function ValidationEffect({
  shop,
  zone,
  to,
  children,
}: {
  shop: number;
  zone: string;
  to: ValidationSetting;
  children: (counted: boolean) => ReactNode;
}) {
  const say = useText();
  const format = useFormat(zone);
  const [looked, setLooked] = useState(0);
  const effect = useQuery({
    queryKey: ['shop', shop, 'effect', to],
    queryFn: ({ signal }) => count(shop, to, signal, setLooked),
    staleTime: 0,
    gcTime: 0,
  });
  if (effect.isError) return <PageError error={effect.error} onRetry={() => void effect.refetch()} />;
  const found = effect.data;
  return (
    <div className="effect" role="status" data-testid="effect" data-counted={found === undefined ? undefined : true}>
      <p className="effect-title">{say('effect.title')}</p>
      {found === undefined ? (
        <Text size="sm">{say('effect.counting', { count: format.number(looked) })}</Text>
      ) : (
        <>
          {found.gained === 0 && found.lost === 0 ? <Text size="sm">{say('effect.none')}</Text> : null}
          {found.gained === 0 ? null : (
            <Text fw={600} data-testid="effect-gained" data-count={found.gained}>
              {say('effect.gained', { count: found.gained })}
            </Text>
          )}
          {found.lost === 0 ? null : (
            <Text fw={600} data-testid="effect-lost" data-count={found.lost}>
              {say('effect.lost', { count: found.lost })}
            </Text>
          )}
          {found.turnover.map(({ currency, gainedMinor, lostMinor }) => (
            <Text key={currency} size="sm" data-testid="effect-turnover">
              {say('effect.turnover', {
                amount: signed(gainedMinor - lostMinor, (minor) => format.money(minor, currency)),
              })}
            </Text>
          ))}
          {found.sample.length === 0 ? null : (
            <details className="effect-sample">
              <summary>{say('effect.sample')}</summary>
              <ul>
                {found.sample.map((order) => (
                  <li key={order.id} data-testid="effect-order">
                    <span className="grow">
                      {say('effect.sampleOrder', { key: order.key })} · {format.date(order.placedAt)} ·{' '}
                      <span className="amount">{format.money(order.totalMinor, order.currency)}</span>
                    </span>
                    <Badge {...tone(order.becomes ? 'teal' : 'orange')} tt="none">
                      {say(order.becomes ? 'effect.becomes' : 'effect.ceases')}
                    </Badge>
                  </li>
                ))}
              </ul>
            </details>
          )}
          <Text size="sm" c="dimmed">
            {say('effect.noBasis')}
          </Text>
        </>
      )}
      {children(found !== undefined)}
    </div>
  );
}

function signed(minor: number, money: (minor: number) => string): string {
  return minor > 0 ? `+ ${money(minor)}` : minor < 0 ? `− ${money(-minor)}` : money(0);
}

async function count(
  shop: number,
  to: ValidationSetting,
  signal: AbortSignal,
  onLooked: (looked: number) => void,
): Promise<Omit<Part, 'next'>> {
  const sum = { looked: 0, gained: 0, lost: 0 };
  const turnover = new Map<string, { gainedMinor: number; lostMinor: number }>();
  const sample: Part['sample'] = [];
  let after: number | null = 0;
  while (after !== null) {
    signal.throwIfAborted();
    const part: Part = await installationApi.effect(shop, to, after);
    sum.looked += part.looked;
    sum.gained += part.gained;
    sum.lost += part.lost;
    for (const { currency, gainedMinor, lostMinor } of part.turnover) {
      const known = turnover.get(currency) ?? { gainedMinor: 0, lostMinor: 0 };
      turnover.set(currency, { gainedMinor: known.gainedMinor + gainedMinor, lostMinor: known.lostMinor + lostMinor });
    }
    sample.push(...part.sample.slice(0, 10 - sample.length));
    onLooked(sum.looked);
    after = part.next;
  }
  return { ...sum, turnover: [...turnover].map(([currency, sums]) => ({ currency, ...sums })), sample };
}
