import { Badge, Group, Text } from '@mantine/core';
import type { CartRow } from '#contract/carts.ts';
import { useFormat } from './format.ts';
import { Section, tone } from './pieces.tsx';
import { dotted, useText, useWord } from './text.ts';

const colors: Readonly<Record<string, string>> = {
  open: 'indigo',
  ordered: 'teal',
  emptied: 'gray',
  abandoned: 'yellow',
};

interface CartsProps {
  readonly carts: readonly CartRow[];
  readonly zone: string;
  readonly help: string;
}

/** Carts: how much was in each, and how it ended. */
export function CartsSection({ carts, zone, help }: CartsProps) {
  const say = useText();
  return (
    <Section id="carts" title={say('profile.carts')} help={help}>
      {carts.length === 0 ? (
        <Text c="dimmed" size="sm">
          {say('profile.noCarts')}
        </Text>
      ) : (
        carts.map((cart) => <CartLine key={cart.ref} cart={cart} zone={zone} />)
      )}
    </Section>
  );
}

function CartLine({ cart, zone }: { cart: CartRow; zone: string }) {
  const say = useText();
  const word = useWord();
  const format = useFormat(zone);
  const { key, status, since, totalMinor, currency, count, items } = cart;
  const facts = [
    totalMinor === null || currency === null ? null : format.money(totalMinor, currency),
    count === null || count === 0 ? null : say('profile.cart.count', { count }),
    say('profile.cart.since', { date: format.dateTime(since) }),
  ];
  return (
    <div className="basis-row" data-testid="cart-row" data-key={key ?? ''} data-status={status}>
      <div className="grow">
        <Text size="sm" fw={600}>
          {key === null ? word('kind', 'cart') : say('verification.cart', { key })}
        </Text>
        <Text size="xs" c="dimmed">
          {dotted(facts)}
        </Text>
        {items.length === 0 ? null : <Text size="xs">{items.join(', ')}</Text>}
      </div>
      <Group gap="sm" wrap="nowrap">
        <Badge {...tone(colors[status])} tt="none" data-testid="cart-status">
          {word('cart', status)}
        </Badge>
      </Group>
    </div>
  );
}
