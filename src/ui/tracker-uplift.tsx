import { Button, Group, Radio, Select, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useState } from 'react';
import type { Installation } from '#contract/installation.ts';
import type { BasisChoice, TrackerPage, Uplift } from '#contract/tracker.ts';
import { useChoice } from './choice.ts';
import { Loading } from './page-state.tsx';
import { Callout, Section } from './pieces.tsx';
import { useChangeSettings } from './settled-notice.ts';
import { useText } from './text.ts';

const Simulator = lazy(() =>
  import('./simulator-panel.tsx').then(({ SimulatorPanel }) => ({ default: SimulatorPanel })),
);

interface Props {
  readonly page: TrackerPage;
  readonly installation: Installation;
}

/** What the shop's data gives people, with the warning and the proof where a consent is chosen, and a simulator to try it (rules §5). */
export function UpliftSection({ page, installation }: Props) {
  const say = useText();
  const [simulates, { open }] = useDisclosure(false);
  return (
    <Section id="uplift" title={say('tracker.uplift.title')} help={say('tracker.uplift.help')}>
      <Stack gap="xl">
        <UpliftTarget page={page} installation={installation} event="order" />
        <UpliftTarget page={page} installation={installation} event="account" />
        <Callout mood="attention" testId="uplift-warning">
          <Text size="sm" fw={550}>
            {say('tracker.uplift.warning')}
          </Text>
          <Text size="sm">{say('tracker.uplift.ourWarning')}</Text>
        </Callout>
        <UpliftTarget page={page} installation={installation} event="optinEmail" />
        <UpliftTarget page={page} installation={installation} event="optinSms" />
        <div className="simulator" data-testid="simulator">
          <Group justify="space-between" gap="sm">
            <div className="wide">
              <Text fw={600}>{say('sim.title')}</Text>
              <Text size="sm" c="dimmed">
                {say('sim.help')}
              </Text>
            </div>
            {simulates ? null : (
              <Button variant="default" onClick={open} data-testid="simulator-open">
                {say('sim.open')}
              </Button>
            )}
          </Group>
          {simulates ? (
            <Suspense fallback={<Loading />}>
              <Simulator settings={installation.rules} />
            </Suspense>
          ) : null}
        </div>
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
const channels = { optinEmail: 'email', optinSms: 'sms' } as const;

/** One event and its target; orders and accounts may feed legal bases only. */
function UpliftTarget({ page, installation, event }: Props & { event: keyof Uplift }) {
  const say = useText();
  const change = useChangeSettings(page.shop.id);
  const [target, choose, changed] = useChoice(page.settings.uplift[event]);
  const channel = event === 'optinEmail' || event === 'optinSms' ? channels[event] : null;
  const kept = channel === null ? null : installation.rules.optinProof[channel];
  const [wording, setWording] = useState<string | null>(null);
  const [where, setWhere] = useState<string | null>(null);
  const proof = { wording: (wording ?? kept?.wording ?? '').trim(), where: (where ?? kept?.where ?? '').trim() };
  const basis = page.bases.find((one) => one.id === target);
  const asksProof = channel !== null && basis?.kind === 'consent';
  const proofChanged = asksProof && (proof.wording !== (kept?.wording ?? '') || proof.where !== (kept?.where ?? ''));
  const proven = !asksProof || (proof.wording !== '' && proof.where !== '');
  const options = (kind: BasisChoice['kind']) =>
    page.bases
      .filter((one) => one.kind === kind && one.active)
      .map((one) => ({ value: String(one.id), label: one.name }));
  const save = () =>
    change.mutate(
      {
        ...(changed ? { uplift: { [event]: target } } : {}),
        ...(asksProof && channel !== null && proofChanged ? { optinProof: { [channel]: proof } } : {}),
      },
      {
        onSuccess: () => {
          setWording(null);
          setWhere(null);
        },
      },
    );
  return (
    <div className="uplift" data-testid={`uplift-${event}`}>
      <Group align="flex-end" gap="sm">
        <Select
          label={say(`tracker.uplift.${event}`)}
          value={target === null ? none : String(target)}
          onChange={(value) => choose(value === null || value === none ? null : Number(value))}
          allowDeselect={false}
          data={[
            { value: none, label: say('tracker.uplift.none') },
            { group: say('tracker.uplift.legals'), items: options('legal') },
            ...(channel === null ? [] : [{ group: say('tracker.uplift.consents'), items: options('consent') }]),
          ]}
          className="grow"
          miw={200}
          maw={420}
          data-testid={`setting-uplift-${event}`}
        />
        <Button
          disabled={!(changed || proofChanged) || !proven}
          loading={change.isPending}
          onClick={save}
          variant={changed || proofChanged ? 'filled' : 'default'}
          data-testid={`setting-uplift-${event}-save`}
        >
          {say('common.save')}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mt={6} data-testid={`uplift-${event}-sentence`}>
        {basis === undefined ? say('tracker.uplift.willNothing') : say(sentences[event], { basis: basis.name })}
      </Text>
      {channel === null || asksProof ? null : <Question page={page} channel={channel} onPropose={choose} />}
      {asksProof ? (
        <fieldset className="proof" data-testid={`proof-${channel}`}>
          <legend>{say('proof.title')}</legend>
          <Text size="sm" c="dimmed">
            {say('proof.help')}
          </Text>
          <Textarea
            label={say('proof.wording')}
            value={wording ?? kept?.wording ?? ''}
            onChange={(input) => setWording(input.currentTarget.value)}
            maxLength={2000}
            autosize
            minRows={2}
            required
            data-testid={`proof-${channel}-wording`}
          />
          <TextInput
            label={say('proof.where')}
            placeholder={say('proof.wherePlaceholder')}
            value={where ?? kept?.where ?? ''}
            onChange={(input) => setWhere(input.currentTarget.value)}
            maxLength={2000}
            required
            data-testid={`proof-${channel}-where`}
          />
          <Text size="xs" c="dimmed">
            {proven ? say('proof.version', { version: page.settings.version }) : say('proof.missing')}
          </Text>
        </fieldset>
      ) : null}
    </div>
  );
}

/** Rules §5: until it is answered, opt-ins feed a legal basis; yes proposes the consent of the channel. */
function Question({
  page,
  channel,
  onPropose,
}: {
  page: TrackerPage;
  channel: 'email' | 'sms';
  onPropose: (basis: number) => void;
}) {
  const say = useText();
  const [answer, setAnswer] = useState<string>('');
  // The two consents every shop starts with.
  const proposed = page.bases.find(
    (one) => one.active && one.kind === 'consent' && one.id === (channel === 'email' ? 1 : 2),
  );
  return (
    <div className="question">
      <Radio.Group
        label={say('proof.question')}
        value={answer}
        onChange={setAnswer}
        size="sm"
        data-testid={`question-${channel}`}
      >
        <Group gap="lg" mt={6}>
          <Radio size="sm" value="yes" label={say('proof.yes')} data-testid={`question-${channel}-yes`} />
          <Radio size="sm" value="no" label={say('proof.no')} />
        </Group>
      </Radio.Group>
      {answer === 'yes' && proposed !== undefined ? (
        <Group gap="sm" mt="xs">
          <Text size="sm" className="wide">
            {say('proof.yesHelp', { basis: proposed.name })}
          </Text>
          <Button
            size="xs"
            variant="light"
            onClick={() => onPropose(proposed.id)}
            data-testid={`question-${channel}-propose`}
          >
            {say('proof.propose', { basis: proposed.name })}
          </Button>
        </Group>
      ) : null}
      {answer === 'no' ? (
        <Text size="sm" mt="xs">
          {say('proof.noHelp')}
        </Text>
      ) : null}
    </div>
  );
}
