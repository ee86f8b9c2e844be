import { Group, Select, Stack, Text } from '@mantine/core';
import type { ImportList, ImportPage, ImportSetupBody } from '#contract/imports.ts';
import { useColumnName } from './import-columns.tsx';
import { useText, useWord } from './text.ts';

type Rules = ImportSetupBody['rules'];
const ofBases = ['accepted', 'refused', 'unknown', 'nothing'];
const ofStates = ['placed', 'authorised', 'paid', 'shipped', 'cancelled'];

interface Props {
  readonly page: ImportPage;
  readonly list: ImportList;
  readonly rules: Rules;
  readonly onChange: (part: Partial<Rules>) => void;
}

/** Values that nobody knows: the merchant says what each means, or its lines are refused (rules §8). */
export function UnknownValues({ page, list, rules, onChange }: Props) {
  const say = useText();
  const word = useWord();
  const name = useColumnName(list);
  const unknown = page.forecast?.unknownValues ?? [];
  if (unknown.length === 0) return null;
  const meaningOf = (column: string, value: string) =>
    (column === 'state' ? rules.states : rules.statuses)[value] ?? '';
  const choose = (column: string, value: string, meaning: string | null) => {
    const kind = column === 'state' ? 'states' : 'statuses';
    const { [value]: _, ...others } = rules[kind];
    onChange({ [kind]: meaning ? { ...others, [value]: meaning } : others });
  };
  return (
    <Stack gap="xs" data-testid="import-values">
      <Text fw={600}>{say('imports.values')}</Text>
      <Text size="sm" c="dimmed">
        {say('imports.valuesHelp')}
      </Text>
      {unknown.map(({ column, value, n }) => (
        <Group key={`${column} ${value}`} justify="space-between">
          <Text size="sm">
            {say('imports.value.of', { column: name(column), value })} · {say('imports.value.lines', { count: n })}
          </Text>
          <Select
            aria-label={say('imports.value.of', { column: name(column), value })}
            value={meaningOf(column, value)}
            onChange={(meaning) => choose(column, value, meaning)}
            data={[
              { value: '', label: say('imports.meaning.refuse') },
              ...(column === 'state' ? ofStates : ofBases).map((one) => ({
                value: one,
                label: word('imports.meaning', one),
              })),
            ]}
            allowDeselect={false}
            data-testid={`import-value-${value}`}
          />
        </Group>
      ))}
    </Stack>
  );
}
