import { Alert, Button, Group, Select, Table, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { fitColumns } from '#contract/import-columns.ts';
import type { ImportList, ImportPage, ImportSetupBody } from '#contract/imports.ts';
import { importApi } from './import-api.ts';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

interface Props {
  readonly shop: number;
  readonly page: ImportPage;
  readonly list: ImportList;
  readonly setup: ImportSetupBody;
  readonly onChange: (part: Partial<ImportSetupBody>) => void;
}

const samples = 3;

/** The name of a column, fixed, of a basis or of a custom field. */
export function useColumnName(list: ImportList): (column: string) => string {
  const say = useText();
  const word = useWord();
  return (column) => {
    const [kind, ...rest] = column.split(':');
    const of = rest.join(':');
    const basis = list.bases.find(({ id }) => String(id) === of)?.name ?? of;
    if (kind === 'basis') return say('imports.basisValue', { name: basis });
    if (kind === 'basisDate') return say('imports.basisDate', { name: basis });
    if (kind === 'custom')
      return say('imports.customField', { name: list.customFields.find(({ id }) => String(id) === of)?.name ?? of });
    const lists = ['imports.column', 'field', 'orderText'] as const;
    const known = lists.find((one) => word(one, column) !== column);
    return known === undefined ? column : word(known, column);
  };
}

export function ImportColumns({ shop, page, list, setup, onChange }: Props) {
  const say = useText();
  const word = useWord();
  const name = useColumnName(list);
  const options = [
    { value: '', label: say('imports.ignored') },
    ...[
      ...page.columns,
      ...(page.kind === 'states' ? [] : list.bases.flatMap(({ id }) => [`basis:${id}`, `basisDate:${id}`])),
      ...(page.kind === 'states' || page.kind === 'consents' ? [] : list.customFields.map(({ id }) => `custom:${id}`)),
    ].map((column) => ({ value: column, label: name(column) })),
  ];
  const rows = (page.look?.rows ?? []).slice(setup.header ? 1 : 0).slice(0, samples);
  const choose = (place: number, value: string | null) =>
    onChange({ columns: setup.columns.map((column, at) => (at === place ? value || null : column)) });
  return (
    <Section id="columns" title={say('imports.columns')} help={say('imports.columnsHelp')}>
      <Templates shop={shop} page={page} list={list} setup={setup} onChange={onChange} />
      <Table verticalSpacing="xs" className="stack-table">
        <Table.Tbody>
          {setup.columns.map((column, place) => {
            const header = page.look?.headers[place] || say('imports.column', { n: place + 1 });
            return (
              <Table.Tr key={place} data-testid="import-column">
                <Table.Td fw={600}>{header}</Table.Td>
                <Table.Td>
                  <Text size="sm" c="dimmed" truncate maw={260}>
                    {rows.map((cells) => cells[place] ?? '').join(' · ')}
                  </Text>
                </Table.Td>
                <Table.Td>
                  <Select
                    aria-label={header}
                    value={column ?? ''}
                    onChange={(value) => choose(place, value)}
                    data={options}
                    searchable
                    allowDeselect={false}
                    data-testid={`import-column-${place}`}
                  />
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
      {page.setupFault === null ? null : (
        <Alert color="yellow" mt="sm" role="alert" data-testid="import-setup-fault">
          {word('imports', `setup_${page.setupFault}`)}
        </Alert>
      )}
      {setup.columns.includes('externalId') ? (
        <Alert color="blue" variant="light" mt="sm" data-testid="import-external-id">
          <Text size="sm">{say('imports.externalIdWarning')}</Text>
          <Text size="sm" mt={4} data-testid="import-ids">
            {page.forecast?.ids ? say('imports.ids', { ...page.forecast.ids }) : say('imports.idsUnknown')}
          </Text>
        </Alert>
      ) : null}
    </Section>
  );
}

/** Settings kept for the next file of the same shop's tool. */
function Templates({ shop, page, list, setup, onChange }: Props) {
  const say = useText();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const headers = page.look?.headers ?? [];
  const keep = useMutation({
    mutationFn: () => importApi.keepTemplate(shop, page.kind, name.trim(), setup, setup.header ? headers : []),
    onSuccess: () => {
      notifications.show({ color: 'teal', message: say('imports.templateKept') });
      return queries.invalidateQueries({ queryKey: ['shop', shop, 'imports'] });
    },
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const fitting = list.templates.flatMap((one) => {
    const columns = one.kind === page.kind ? fitColumns({ ...one.setup, headers: one.headers }, headers) : null;
    return columns === null ? [] : [{ ...one, columns }];
  });
  return (
    <Group mb="sm" align="flex-end">
      {fitting.length === 0 ? null : (
        <Select
          label={say('imports.templateUse')}
          value={null}
          onChange={(value) => {
            const found = fitting.find((one) => one.name === value);
            if (found !== undefined) {
              const { grouped, rules } = found.setup;
              onChange({ columns: found.columns, grouped, rules: { ...rules, reset: null, asOf: null } });
            }
          }}
          data={fitting.map((one) => one.name)}
          data-testid="import-template"
        />
      )}
      <TextInput
        label={say('imports.template')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        maxLength={100}
        data-testid="import-template-name"
      />
      <Button
        variant="default"
        disabled={name.trim() === ''}
        loading={keep.isPending}
        onClick={() => keep.mutate()}
        data-testid="import-template-keep"
      >
        {say('imports.templateSave')}
      </Button>
    </Group>
  );
}
