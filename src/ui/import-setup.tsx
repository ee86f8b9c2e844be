import { Alert, Button, Checkbox, Group, Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ImportList, ImportPage, ImportSetupBody } from '#contract/imports.ts';
import { importApi } from './import-api.ts';
import { ImportColumns } from './import-columns.tsx';
import { CountLine, ReasonTable } from './import-counts.tsx';
import { ImportPreview } from './import-preview.tsx';
import { UnknownValues } from './import-values.tsx';
import { ImportWriting } from './import-writing.tsx';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

type Rules = ImportSetupBody['rules'];

/** What a file is understood as: corrected, looked at, tried, and run. */
export function ImportSetup({ shop, page, list }: { shop: number; page: ImportPage; list: ImportList }) {
  const say = useText();
  const word = useWord();
  const queries = useQueryClient();
  const [setup, setSetup] = useState(page.setup as ImportSetupBody);
  const [sureOfDates, setSureOfDates] = useState(page.look?.datesUnclear !== true);
  const show = (next: ImportPage) => queries.setQueryData(['shop', shop, 'import', page.id], next);
  const failed = (error: unknown) => notifications.show({ color: 'red', message: errorText(say, error) });
  const save = useMutation({
    mutationFn: (body: ImportSetupBody) => importApi.setUp(shop, page.id, body),
    onSuccess: show,
    onError: failed,
  });
  const start = useMutation({
    mutationFn: async (what: 'check' | 'run') => {
      await importApi.setUp(shop, page.id, setup);
      return importApi.act(shop, page.id, what);
    },
    onSuccess: show,
    onError: failed,
  });
  const change = (part: Partial<ImportSetupBody>) => {
    const next = { ...setup, ...part };
    setSetup(next);
    save.mutate(next);
  };
  const rule = (part: Partial<Rules>) => change({ rules: { ...setup.rules, ...part } });
  const usable =
    page.setupFault === null && sureOfDates && (setup.rules.reset === null || setup.rules.reset.trim() !== '');
  return (
    <>
      <Section id="written" title={say('imports.written')} help={say('imports.writtenHelp')}>
        <ImportWriting shop={shop} page={page} setup={setup} onRead={show} />
        <Group mt="md" align="flex-end">
          <Select
            label={say('imports.dates')}
            value={sureOfDates ? setup.rules.dates : null}
            onChange={(value) => {
              setSureOfDates(true);
              rule({ dates: value ?? setup.rules.dates });
            }}
            data={['ymd', 'dmy', 'mdy'].map((one) => ({ value: one, label: word('imports.dates', one) }))}
            error={!sureOfDates}
            allowDeselect={false}
            w={280}
            data-testid="import-dates"
          />
          <Select
            label={say('imports.decimal')}
            value={setup.rules.decimal ?? ''}
            onChange={(value) => rule({ decimal: value === '' ? null : value })}
            data={[
              { value: '', label: say('imports.decimal.auto') },
              { value: 'comma', label: say('imports.decimal.comma') },
              { value: 'point', label: say('imports.decimal.point') },
            ]}
            allowDeselect={false}
            data-testid="import-decimal"
          />
          <TextInput
            label={say('imports.asOf')}
            placeholder="2026-01-31"
            value={setup.rules.asOf ?? ''}
            onChange={(event) =>
              setSetup({ ...setup, rules: { ...setup.rules, asOf: event.currentTarget.value || null } })
            }
            onBlur={() => save.mutate(setup)}
            error={setup.rules.asOf !== null && !/^\d{4}-\d\d-\d\d$/.test(setup.rules.asOf)}
          />
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {say('imports.asOfHelp')}
        </Text>
        {sureOfDates ? null : (
          <Alert color="yellow" mt="sm" data-testid="import-dates-unclear">
            {say('imports.datesUnclear')}
          </Alert>
        )}
        <Stack gap="xs" mt="md">
          <Checkbox
            label={say('imports.header')}
            checked={setup.header}
            onChange={(event) => change({ header: event.currentTarget.checked })}
          />
          {page.kind === 'orders' || page.kind === 'profiles' ? (
            <Checkbox
              label={say(page.kind === 'orders' ? 'imports.uplift.orders' : 'imports.uplift.profiles')}
              description={say('imports.upliftHelp')}
              checked={setup.rules.uplift}
              onChange={(event) => rule({ uplift: event.currentTarget.checked })}
              data-testid="import-uplift"
            />
          ) : null}
          {page.kind === 'orders' ? (
            <Checkbox
              label={say('imports.grouped')}
              checked={setup.grouped}
              onChange={(event) => change({ grouped: event.currentTarget.checked })}
              data-testid="import-grouped"
            />
          ) : null}
        </Stack>
      </Section>
      <ImportColumns shop={shop} page={page} list={list} setup={setup} onChange={change} />
      <ImportPreview page={page} list={list} />
      {setup.columns.some((column) => column?.startsWith('basis:')) ? (
        <Section id="reset" title={say('imports.reset')} help={say('imports.resetHelp')}>
          <Checkbox
            label={say('imports.reset')}
            checked={setup.rules.reset !== null}
            onChange={(event) => rule({ reset: event.currentTarget.checked ? ' ' : null })}
            data-testid="import-reset"
          />
          {setup.rules.reset === null ? null : (
            <TextInput
              mt="sm"
              label={say('imports.resetReason')}
              value={setup.rules.reset.trimStart()}
              onChange={(event) =>
                setSetup({ ...setup, rules: { ...setup.rules, reset: event.currentTarget.value || ' ' } })
              }
              onBlur={() => save.mutate(setup)}
              required
              data-testid="import-reset-reason"
            />
          )}
        </Section>
      ) : null}
      {page.forecast === null ? null : (
        <Section id="forecast" title={say('imports.forecast')}>
          <Stack gap="sm" data-testid="import-forecast">
            <Text size="sm">{say('imports.lines', { count: page.forecast.lines })}</Text>
            <CountLine counts={page.forecast.counts} zone={list.zone} testId="import-forecast-counts" />
            {page.forecast.resets === 0 ? null : (
              <Text size="sm" data-testid="import-resets">
                {say('imports.resets', { count: page.forecast.resets })}
              </Text>
            )}
            <ReasonTable counts={page.forecast.counts} zone={list.zone} />
            <UnknownValues page={page} list={list} rules={setup.rules} onChange={rule} />
          </Stack>
        </Section>
      )}
      <Group>
        <Button
          variant="default"
          disabled={!usable}
          loading={start.isPending && start.variables === 'check'}
          onClick={() => start.mutate('check')}
          title={say('imports.checkHelp')}
          data-testid="import-check"
        >
          {say('imports.check')}
        </Button>
        <Button
          disabled={!usable}
          loading={start.isPending && start.variables === 'run'}
          onClick={() => start.mutate('run')}
          data-testid="import-run"
        >
          {say('imports.run')}
        </Button>
      </Group>
    </>
  );
}
