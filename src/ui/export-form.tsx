import { Button, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { type ExportFormat, type ExportKind, exportFormats, exportKinds } from '#contract/export-kinds.ts';
import type { ExportFilter } from '#contract/exports.ts';
import { useMay } from './api.ts';
import { useAskExport, useExportScope } from './export-api.ts';
import { BasisChoice, Choice } from './filter-choice.tsx';
import { useText, useWord } from './text.ts';

const states = ['placed', 'paid', 'shipped', 'cancelled'] as const;
const counts = ['validated', 'open'] as const;
const outcomes = ['applied', 'unchanged', 'ignored', 'rejected', 'unreadable', 'failed'] as const;

interface Chosen {
  readonly from?: string;
  readonly to?: string;
  readonly basis?: string | null;
  readonly status?: string | null;
  readonly state?: string | null;
  readonly counts?: string | null;
  readonly outcome?: string | null;
}

/** What to export, how it is narrowed, and in which format. */
export function ExportForm({ shop }: { shop: number }) {
  const say = useText();
  const scope = useExportScope(shop);
  const ask = useAskExport(shop);
  const kinds = exportKinds.filter((kind) => scope(kind) !== null);
  const [picked, setKind] = useState<ExportKind | null>(null);
  const [format, setFormat] = useState<ExportFormat>('csv');
  const [chosen, setChosen] = useState<Chosen>({});
  const kind = picked ?? kinds[0] ?? 'orders';
  const choose = (more: Chosen) => setChosen({ ...chosen, ...more });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask.mutate({ asked: filterOf(kind, chosen), format });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md" align="flex-start">
        <Select
          label={say('exports.what')}
          value={kind}
          data={kinds.map((value) => ({ value, label: say(`exports.kind.${value}`) }))}
          allowDeselect={false}
          onChange={(value) => setKind(exportKinds.find((one) => one === value) ?? null)}
          w={280}
          data-testid="export-kind"
        />
        <Text size="sm" c="dimmed" maw={640}>
          {say(
            kind === 'orders' && scope(kind) === 'accounts' ? 'exports.about.ordersMasked' : `exports.about.${kind}`,
          )}
        </Text>
        <Narrowing shop={shop} kind={kind} chosen={chosen} onChoose={choose} />
        <fieldset className="changeable">
          <Text component="legend" size="sm" fw={500} mb={4}>
            {say(`exports.days.${kind}`)}
          </Text>
          <Group gap="sm">
            <TextInput
              label={say('exports.from')}
              type="date"
              value={chosen.from ?? ''}
              onChange={(event) => choose({ from: event.currentTarget.value })}
              data-testid="export-from"
            />
            <TextInput
              label={say('exports.to')}
              type="date"
              value={chosen.to ?? ''}
              onChange={(event) => choose({ to: event.currentTarget.value })}
              data-testid="export-to"
            />
          </Group>
        </fieldset>
        <Group gap="md">
          <SegmentedControl
            aria-label={say('exports.formatLabel')}
            value={format}
            onChange={(value) => setFormat(exportFormats.find((one) => one === value) ?? 'csv')}
            data={exportFormats.map((value) => ({ value, label: say(`exports.format.${value}`) }))}
            data-testid="export-format"
          />
          <Button type="submit" loading={ask.isPending} data-testid="export-ask">
            {say('exports.ask')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface NarrowingProps {
  readonly shop: number;
  readonly kind: ExportKind;
  readonly chosen: Chosen;
  onChoose(more: Chosen): void;
}

function Narrowing({ shop, kind, chosen, onChoose }: NarrowingProps) {
  const say = useText();
  const word = useWord();
  const may = useMay(shop);
  switch (kind) {
    case 'orders':
      return (
        <Group gap="sm">
          <Choice
            label={say('orders.filter.counts')}
            value={chosen.counts}
            data={counts.map((value) => ({ value, label: say(`orders.filter.${value}`) }))}
            onChange={(value) => onChoose({ counts: value })}
          />
          <Choice
            label={say('orders.filter.state')}
            value={chosen.state}
            data={states.map((value) => ({ value, label: say(`state.${value}`) }))}
            onChange={(value) => onChoose({ state: value })}
          />
        </Group>
      );
    case 'journal':
      return (
        <Choice
          label={say('exports.col.outcome')}
          value={chosen.outcome}
          data={outcomes.map((value) => ({ value, label: word('outcome', value) }))}
          onChange={(value) => onChoose({ outcome: value })}
        />
      );
    default:
      return may('bases.see') ? (
        <BasisChoice
          shop={shop}
          basis={chosen.basis}
          status={chosen.status}
          onBasis={(basis) => onChoose({ basis })}
          onStatus={(status) => onChoose({ status })}
        />
      ) : null;
  }
}

/** Of what was chosen, what narrows a file of this kind. */
function filterOf(
  kind: ExportKind,
  { from, to, basis, status, state, counts: counted, outcome }: Chosen,
): ExportFilter {
  const days = { from, to };
  const held = {
    basis: basis === null || basis === undefined ? undefined : Number(basis),
    status: status ?? undefined,
  };
  switch (kind) {
    case 'orders':
      return {
        kind,
        filter: {
          ...days,
          state: states.find((known) => known === state),
          counts: counts.find((known) => known === counted),
        },
      };
    case 'journal':
      return { kind, filter: { ...days, outcome: outcome ?? undefined } };
    // a status says nothing of people without its basis
    case 'profiles':
      return { kind, filter: { ...days, ...held, status: held.basis === undefined ? undefined : held.status } };
    case 'consents':
      return { kind, filter: { ...days, ...held } };
  }
}
