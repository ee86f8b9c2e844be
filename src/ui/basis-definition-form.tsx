import {
  Alert,
  Button,
  Checkbox,
  Group,
  MultiSelect,
  NumberInput,
  Select,
  Stack,
  Switch,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useQuery } from '@tanstack/react-query';
import type { BasisBody, BasisRow } from '#contract/bases.ts';
import { gdprApi } from './api.ts';
import { Section } from './pieces.tsx';
import { useSettled } from './settled-notice.ts';
import { useLanguageNames, useText, useWord } from './text.ts';

const grounds = ['consent', 'contract', 'legitimate-interest'] as const;
const purposes = ['service', 'marketing'] as const;
const channels = ['email', 'sms', 'phone', 'post'] as const;
const activities = ['order', 'signup', 'account', 'visit', 'cart', 'act'] as const;

/** What a form starts with where nothing is known: a year, prolonged by what a person does. */
const firstExpiry = { days: 365, prolongedBy: [...activities] };

/** Those of the shop, and those a text was written in before. */
function textLanguages(basis: BasisRow | null, languages: readonly string[]): string[] {
  return [...new Set([...languages, ...Object.keys(basis?.texts ?? {})])];
}

function textsOf(basis: BasisRow | null, languages: readonly string[]): Record<string, string> {
  return Object.fromEntries(textLanguages(basis, languages).map((code) => [code, basis?.texts[code] ?? '']));
}

function valuesOf(basis: BasisRow | null, languages: readonly string[]) {
  return {
    name: basis?.name ?? '',
    techName: basis?.techName ?? '',
    ground: basis?.ground ?? ('consent' as const),
    description: basis?.description ?? '',
    texts: textsOf(basis, languages),
    balanceTest: basis?.balanceTest ?? '',
    purposes: basis?.purposes ?? ['marketing' as const],
    channels: basis?.channels ?? ['email' as const],
    existingCustomers: basis?.existingCustomers ?? false,
    doubleOptIn: basis?.doubleOptIn ?? false,
    expires: (basis?.expiry ?? null) !== null,
    days: basis?.expiry?.days ?? firstExpiry.days,
    prolongedBy: basis?.expiry?.prolongedBy ?? firstExpiry.prolongedBy,
    active: basis?.active ?? true,
  };
}

type Values = ReturnType<typeof valuesOf>;

/** Only what was changed is sent, so that two people at once undo nothing of each other. */
function bodyOf(values: Values, basis: BasisRow | null, languages: readonly string[]): BasisBody {
  const whole: Required<BasisBody> = {
    name: values.name.trim(),
    techName: values.techName.trim(),
    ground: values.ground,
    description: values.description.trim(),
    texts: Object.fromEntries(Object.entries(values.texts).map(([code, text]) => [code, text.trim()])),
    balanceTest: values.balanceTest.trim() || null,
    purposes: values.purposes,
    channels: values.channels,
    existingCustomers: values.existingCustomers,
    doubleOptIn: values.ground === 'consent' && values.doubleOptIn,
    expiry: values.expires ? { days: values.days, prolongedBy: values.prolongedBy } : null,
    active: values.active,
  };
  if (basis === null) {
    const { techName, ...rest } = whole;
    return techName === '' ? rest : whole;
  }
  const before: Record<string, unknown> = { ...basis, texts: textsOf(basis, languages) };
  const changed = Object.entries(whole).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key]));
  return Object.fromEntries(changed);
}

interface Props {
  readonly shop: number;
  /** null: a new one. */
  readonly basis: BasisRow | null;
  /** In which the shop's customers read, the main one first. */
  readonly languages: readonly string[];
  readonly onApplied?: () => void;
}

export function BasisDefinitionForm({ shop, basis, languages, onApplied }: Props) {
  const say = useText();
  const word = useWord();
  const form = useForm({ mode: 'controlled', initialValues: valuesOf(basis, languages) });
  const names = useLanguageNames();
  const save = useSettled(shop, (body: BasisBody) => gdprApi.saveBasis(shop, basis?.id ?? null, body));
  const { values } = form;
  const body = bodyOf(values, basis, languages);
  const options = (list: 'ground' | 'purpose' | 'channel' | 'activity', codes: readonly string[]) =>
    codes.map((code) => ({ value: code, label: word(list, code) }));
  const selectable =
    basis === null ? grounds : grounds.filter((one) => (one === 'consent') === (basis.kind === 'consent'));
  const submit = form.onSubmit(() =>
    save.mutate(body, {
      onSuccess: (answer) => {
        if (answer.outcome === 'applied' || answer.pending) onApplied?.();
      },
    }),
  );
  const refused = save.data !== undefined && !save.data.pending && save.data.outcome === 'rejected';
  return (
    <Section id="definition" title={say('basisPage.definition')} help={say('basisPage.definitionHelp')}>
      <form onSubmit={submit}>
        <Stack>
          <TextInput
            label={say('basisPage.name')}
            required
            maxLength={200}
            {...form.getInputProps('name')}
            data-testid="basis-name"
          />
          <Textarea
            label={say('basisPage.description')}
            description={say('basisPage.descriptionHelp')}
            maxLength={2000}
            autosize
            minRows={2}
            {...form.getInputProps('description')}
            data-testid="basis-description"
          />
          <Select
            label={say('basisPage.ground')}
            description={basis === null ? undefined : say('basisPage.groundFixed')}
            data={options('ground', selectable)}
            allowDeselect={false}
            {...form.getInputProps('ground')}
            data-testid="basis-ground"
          />
          {values.ground === 'legitimate-interest' ? (
            <Textarea
              label={say('basisPage.balance')}
              description={say('basisPage.balanceHelp')}
              maxLength={4000}
              autosize
              minRows={3}
              {...form.getInputProps('balanceTest')}
              data-testid="basis-balance"
            />
          ) : null}
          <MultiSelect
            label={say('basisPage.purposes')}
            data={options('purpose', purposes)}
            {...form.getInputProps('purposes')}
            data-testid="basis-purposes"
          />
          <MultiSelect
            label={say('basisPage.channels')}
            data={options('channel', channels)}
            {...form.getInputProps('channels')}
            data-testid="basis-channels"
          />
          <Text fw={600} size="sm" mt="xs">
            {say('basisPage.texts')}
          </Text>
          <Text size="sm" c="dimmed" mt={-12}>
            {say('basisPage.textsHelp')}
          </Text>
          {textLanguages(basis, languages).map((code) => (
            <Textarea
              key={code}
              label={say('basisPage.textIn', { language: names(code) })}
              lang={code}
              maxLength={2000}
              autosize
              minRows={2}
              {...form.getInputProps(`texts.${code}`)}
              data-testid={`basis-text-${code}`}
            />
          ))}
          {values.ground === 'consent' ? null : (
            <Switch
              label={say('basisPage.existing')}
              {...form.getInputProps('existingCustomers', { type: 'checkbox' })}
              data-testid="basis-existing"
            />
          )}
          {values.ground === 'consent' ? (
            <Switch
              label={say('basisPage.doubleOptIn')}
              description={say('basisPage.doubleOptInHelp')}
              {...form.getInputProps('doubleOptIn', { type: 'checkbox' })}
              data-testid="basis-double-opt-in"
            />
          ) : null}
          <Switch
            label={say('basisPage.expiryOn')}
            description={say('basisPage.expiryHelp')}
            {...form.getInputProps('expires', { type: 'checkbox' })}
            data-testid="basis-expires"
          />
          {values.expires ? (
            <>
              <NumberInput
                label={say('basisPage.days')}
                min={1}
                max={3650}
                allowDecimal={false}
                required
                {...form.getInputProps('days')}
                data-testid="basis-days"
              />
              {basis === null ? null : (
                <ExpiryPreview
                  shop={shop}
                  basis={basis.id}
                  days={values.days}
                  byOrders={values.prolongedBy.includes('order')}
                />
              )}
              <Checkbox.Group label={say('basisPage.prolongedBy')} {...form.getInputProps('prolongedBy')}>
                <Stack gap={6} mt={6}>
                  {activities.map((one) => (
                    <Checkbox key={one} value={one} label={word('activity', one)} />
                  ))}
                </Stack>
              </Checkbox.Group>
            </>
          ) : null}
          <TextInput
            label={say('basisPage.techName')}
            description={say('basisPage.techNameHelp')}
            maxLength={200}
            {...form.getInputProps('techName')}
            data-testid="basis-tech-name"
          />
          {basis === null ? null : (
            <Switch
              label={say('basisPage.active')}
              description={say('basisPage.activeHelp')}
              {...form.getInputProps('active', { type: 'checkbox' })}
              data-testid="basis-active"
            />
          )}
          {refused ? (
            <Alert color="red" role="alert" data-testid="basis-refused">
              {save.data.reasons.map((reason) => word('reason', reason)).join(' ')}
            </Alert>
          ) : null}
          <Group justify="flex-end">
            <Button
              type="submit"
              loading={save.isPending}
              disabled={Object.keys(body).length === 0}
              data-testid="basis-save"
            >
              {say('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

const mostDays = 3650;

interface ExpiryPreviewProps {
  readonly shop: number;
  readonly basis: number;
  readonly days: number;
  readonly byOrders: boolean;
}

/** What the coming night would do under what the form says. */
function ExpiryPreview({ shop, basis, days, byOrders }: ExpiryPreviewProps) {
  const say = useText();
  const possible = Number.isInteger(days) && days >= 1 && days <= mostDays;
  const preview = useQuery({
    queryKey: ['shop', shop, 'expiring', basis, days, byOrders],
    queryFn: () => gdprApi.expiring(shop, basis, days, byOrders),
    enabled: possible,
  });
  if (preview.data === undefined) return null;
  const { people, more } = preview.data;
  return (
    <Text size="sm" data-testid="basis-expiring" data-people={people}>
      {say(more ? 'basisPage.expiringMany' : 'basisPage.expiring', { count: people })}
    </Text>
  );
}
