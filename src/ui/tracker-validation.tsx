import { Button, Radio, Stack, Text } from '@mantine/core';
import type { Installation } from '#contract/installation.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { useChoice } from './choice.ts';
import { Callout, Section } from './pieces.tsx';
import { RedecideBar } from './redecide-bar.tsx';
import { useChangeSettings } from './settled-notice.ts';
import { StateMap } from './state-map.tsx';
import { useText } from './text.ts';
import { ValidationEffect } from './validation-effect.tsx';

/** When an order counts, what a change would do before it is done, and what the platform's own states mean. */
export function ValidationSection({ page, installation }: { page: TrackerPage; installation: Installation }) {
  const say = useText();
  const change = useChangeSettings(page.shop.id);
  const [value, choose, changed] = useChoice(page.settings.validation);
  return (
    <Section id="validation" title={say('tracker.validation.title')} help={say('tracker.validation.help')}>
      {installation.neverPaid && !changed ? (
        <div className="before">
          <Callout mood="attention" title={say('never.title')} testId="never-paid">
            <Text size="sm">{say('never.sentence')}</Text>
            <Button size="xs" variant="default" onClick={() => choose('placed')}>
              {say('never.action')}
            </Button>
          </Callout>
        </div>
      ) : null}
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
        <ValidationEffect shop={page.shop.id} zone={page.settings.zone} to={value}>
          {(counted) => (
            <Button
              mt="sm"
              disabled={!counted}
              loading={change.isPending}
              onClick={() => change.mutate({ validation: value })}
              data-testid="setting-validation-save"
            >
              {say('effect.apply')}
            </Button>
          )}
        </ValidationEffect>
      ) : null}
      {installation.redecide === null || changed ? null : <RedecideBar page={page} redecide={installation.redecide} />}
      <StateMap page={page} installation={installation} />
    </Section>
  );
}
