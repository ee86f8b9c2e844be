import { Alert, Button, Group, Radio, Select, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import type { TrackerPage, Uplift } from '#contract/tracker.ts';
import { Section } from './pieces.tsx';
import { useChangeSettings } from './settled-notice.ts';
import { useText } from './text.ts';

/** What the person chose, until the server's value catches up with it. */
function useChoice<Value>(current: Value): [Value, (value: Value) => void, boolean] {
  const [chosen, choose] = useState<{ value: Value; over: Value } | null>(null);
  const stands = chosen !== null && chosen.over === current;
  const value = stands ? chosen.value : current;
  return [value, (next) => choose({ value: next, over: current }), value !== current];
}

export function ValidationSection({ page }: { page: TrackerPage }) {
  const say = useText();
  const change = useChangeSettings(page.shop.id);
  const [value, choose, changed] = useChoice(page.settings.validation);
  return (
    <Section id="validation" title={say('tracker.validation.title')} help={say('tracker.validation.help')}>
      <Radio.Group
        value={value}
        onChange={(next) => choose(next === 'placed' ? 'placed' : 'paid')}
        aria-label={say('tracker.validation.title')}
        data-testid="setting-validation"
        data-value={page.settings.validation}
      >
        <Stack gap="sm">
          <Radio
            value="paid"
            label={say('tracker.validation.paid')}
            description={say('tracker.validation.paidHelp')}
            data-testid="setting-validation-paid"
          />
          <Radio
            value="placed"
            label={say('tracker.validation.placed')}
            description={say('tracker.validation.placedHelp')}
            data-testid="setting-validation-placed"
          />
        </Stack>
      </Radio.Group>
      <Text size="sm" c="dimmed" mt="md">
        {say('tracker.validation.never')}
      </Text>
      {changed ? (
        <Alert color="cyan" mt="md" variant="light">
          {say('tracker.validation.effect')}
        </Alert>
      ) : null}
      <Button
        mt="md"
        disabled={!changed}
        loading={change.isPending}
        onClick={() => change.mutate({ validation: value })}
        data-testid="setting-validation-save"
      >
        {say('common.save')}
      </Button>
    </Section>
  );
}

export function UpliftSection({ page }: { page: TrackerPage }) {
  const say = useText();
  return (
    <Section id="uplift" title={say('tracker.uplift.title')} help={say('tracker.uplift.help')}>
      <Stack gap="lg">
        <UpliftTarget page={page} event="order" />
        <UpliftTarget page={page} event="account" />
        <Alert color="yellow" variant="light">
          <Stack gap="xs">
            <Text size="sm">{say('tracker.uplift.warning')}</Text>
            <Text size="sm">{say('tracker.uplift.ourWarning')}</Text>
          </Stack>
        </Alert>
        <UpliftTarget page={page} event="optinEmail" />
        <UpliftTarget page={page} event="optinSms" />
      </Stack>
    </Section>
  );
}

const none = 'none';
const sentences = {
  order: 'tracker.uplift.willOrder',
  account: 'tracker.uplift.willAccount',
  optinEmail: 'tracker.uplift.willOptin',
  optinSms: 'tracker.uplift.willOptin',
} as const;

/** One event and its target; orders and accounts may feed legal bases only (rules §5). */
function UpliftTarget({ page, event }: { page: TrackerPage; event: keyof Uplift }) {
  const say = useText();
  const change = useChangeSettings(page.shop.id);
  const current = page.settings.uplift[event];
  const [target, choose, changed] = useChoice(current);
  const optIn = event === 'optinEmail' || event === 'optinSms';
  const options = (kind: 'legal' | 'consent') =>
    page.bases
      .filter((basis) => basis.kind === kind && basis.active)
      .map((basis) => ({ value: String(basis.id), label: basis.name }));
  const basis = page.bases.find((one) => one.id === target);
  return (
    <div>
      <Group align="flex-end" gap="sm" wrap="nowrap">
        <Select
          label={say(`tracker.uplift.${event}`)}
          value={target === null ? none : String(target)}
          onChange={(value) => choose(value === null || value === none ? null : Number(value))}
          allowDeselect={false}
          data={[
            { value: none, label: say('tracker.uplift.none') },
            { group: say('tracker.uplift.legals'), items: options('legal') },
            ...(optIn ? [{ group: say('tracker.uplift.consents'), items: options('consent') }] : []),
          ]}
          className="grow"
          maw={420}
          data-testid={`setting-uplift-${event}`}
        />
        <Button
          disabled={!changed}
          loading={change.isPending}
          onClick={() => change.mutate({ uplift: { [event]: target } })}
          variant={changed ? 'filled' : 'default'}
          data-testid={`setting-uplift-${event}-save`}
        >
          {say('common.save')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt={6}>
        {basis === undefined ? say('tracker.uplift.willNothing') : say(sentences[event], { basis: basis.name })}
      </Text>
    </div>
  );
}

export function BrowserSection({ page }: { page: TrackerPage }) {
  const say = useText();
  const change = useChangeSettings(page.shop.id);
  return (
    <Section id="browser" title={say('tracker.browser.title')}>
      <Switch
        checked={change.isPending ? change.variables.browserWrites : page.settings.browserWrites}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ browserWrites: event.currentTarget.checked })}
        label={say('tracker.browser.label')}
        description={say('tracker.browser.help')}
        data-testid="setting-browser-writes"
      />
    </Section>
  );
}
