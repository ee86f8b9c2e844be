import { Alert, Button, Group, NumberInput } from '@mantine/core';
import { useState } from 'react';
import type { BasisList } from '#contract/bases.ts';
import { api } from './api.ts';
import { Section } from './pieces.tsx';
import { useSettled } from './settled-notice.ts';
import { useText } from './text.ts';

const mostDays = 30;

/** How long a mailed link waits for its answer; shown once a basis asks for one. */
export function DoubleOptIn({ shop, list }: { shop: number; list: BasisList }) {
  const say = useText();
  const change = useSettled(shop, (confirmDays: number) => api.changeShopSettings(shop, { confirmDays }));
  const [typed, setTyped] = useState<number | string>(list.confirmDays);
  const days = Number(typed);
  const sound = Number.isInteger(days) && days >= 1 && days <= mostDays;
  return (
    <Section id="double-opt-in" title={say('bases.doubleOptIn')} help={say('bases.confirmHelp')}>
      {list.mailConfigured ? null : (
        <Alert color="orange" role="status" mb="md" data-testid="confirm-no-mail">
          {say('bases.confirmNoMail')}
        </Alert>
      )}
      <Group align="flex-end" gap="sm">
        <NumberInput
          label={say('bases.confirmDays')}
          value={typed}
          min={1}
          max={mostDays}
          allowDecimal={false}
          onChange={setTyped}
          w={220}
          data-testid="confirm-days"
        />
        <Button
          disabled={!sound || days === list.confirmDays}
          loading={change.isPending}
          onClick={() => change.mutate(days)}
          data-testid="confirm-save"
        >
          {say('common.save')}
        </Button>
      </Group>
    </Section>
  );
}
