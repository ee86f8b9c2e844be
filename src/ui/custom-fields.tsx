/** The shop's custom fields: their ids as the wire shows them, names and types. */
import { Button, Group, Select, Stack, Switch, Table, TagsInput, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { CustomField, CustomFieldType } from '#contract/shop-settings.ts';
import { api } from './api.ts';
import { Dialog } from './dialog.tsx';
import { CodeBlock, Section } from './pieces.tsx';
import { useSettled } from './settled-notice.ts';
import { useText } from './text.ts';

const types: readonly CustomFieldType[] = ['text', 'number', 'date', 'bool', 'radio'];

export function CustomFieldsSection({ shop, fields }: { shop: number; fields: readonly CustomField[] }) {
  const say = useText();
  const [edited, setEdited] = useState<CustomField | 'new' | null>(null);
  const [first] = fields;
  return (
    <Section id="custom-fields" title={say('settings.custom')} help={say('settings.customHelp')}>
      {fields.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('settings.customNone')}
        </Text>
      ) : (
        <Table className="stack-table" role="table">
          <Table.Thead>
            <Table.Tr role="row">
              {(['id', 'name', 'type', 'status'] as const).map((column) => (
                <Table.Th key={column} role="columnheader">
                  {say(`settings.custom.${column}`)}
                </Table.Th>
              ))}
              <Table.Th role="columnheader" aria-label={say('settings.custom.edit')} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {fields.map((field) => (
              <Table.Tr key={field.id} role="row" data-testid="custom-field" data-id={field.id}>
                <Table.Td role="cell" data-label={say('settings.custom.id')}>
                  <code>{field.id}</code>
                </Table.Td>
                <Table.Td role="cell" data-label={say('settings.custom.name')}>
                  {field.name}
                </Table.Td>
                <Table.Td role="cell" data-label={say('settings.custom.type')}>
                  {say(`settings.custom.type.${field.type}`)}
                </Table.Td>
                <Table.Td role="cell" data-label={say('settings.custom.status')}>
                  {say(field.active ? 'settings.custom.active' : 'settings.custom.inactive')}
                </Table.Td>
                <Table.Td role="cell" data-plain="true">
                  <button
                    type="button"
                    className="link-button"
                    onClick={() => setEdited(field)}
                    aria-label={`${say('settings.custom.edit')} : ${field.name}`}
                  >
                    {say('settings.custom.edit')}
                  </button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Button mt="md" variant="default" onClick={() => setEdited('new')} data-testid="custom-field-new">
        {say('settings.custom.new')}
      </Button>
      {first === undefined ? null : (
        <Stack gap={6} mt="lg">
          <Text size="sm">{say('settings.customCode')}</Text>
          <CodeBlock label={say('settings.customCode')} text={sampleOf(first)} />
        </Stack>
      )}
      {edited === null ? null : (
        <FieldForm
          shop={shop}
          fields={fields}
          field={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </Section>
  );
}

function sampleOf(field: CustomField): string {
  const values: Readonly<Record<CustomFieldType, string>> = {
    text: '…',
    number: '42',
    date: '2026-01-31',
    bool: '1',
    radio: field.options[0] ?? '',
  };
  const value = JSON.stringify(values[field.type]);
  return `// JavaScript\nsporder.custom_fields = { ${field.id}: ${value} };\n\n// PHP\n$data['custom_fields'] = array(${field.id} => ${value});`;
}

interface FormProps {
  readonly shop: number;
  readonly fields: readonly CustomField[];
  /** null: a new one. */
  readonly field: CustomField | null;
  onClose(): void;
}

function FieldForm({ shop, fields, field, onClose }: FormProps) {
  const say = useText();
  const change = useSettled(shop, (customFields: CustomField[]) => api.changeShopSettings(shop, { customFields }));
  const [id, setId] = useState(String(field?.id ?? Math.max(0, ...fields.map((one) => one.id)) + 1));
  const [name, setName] = useState(field?.name ?? '');
  const [type, setType] = useState<CustomFieldType>(field?.type ?? 'text');
  const [question, setQuestion] = useState(field?.question ?? '');
  const [options, setOptions] = useState<string[]>([...(field?.options ?? [])]);
  const [active, setActive] = useState(field?.active ?? true);
  const number = /^[1-9]\d{0,9}$/.test(id) && Number(id) <= 2_147_483_647 ? Number(id) : null;
  const taken = field === null && fields.some((one) => one.id === number);
  const idError = number === null ? say('settings.custom.idError') : taken ? say('settings.custom.idTaken') : undefined;
  const whole = idError === undefined && name.trim() !== '' && (type !== 'radio' || options.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (number === null || !whole) return;
    const made: CustomField = {
      id: number,
      name: name.trim(),
      type,
      question: question.trim() || null,
      options: type === 'radio' ? options : [],
      active,
    };
    const others = fields.filter((one) => one.id !== number);
    change.mutate(
      [...others, made].sort((a, b) => a.id - b.id),
      { onSuccess: onClose },
    );
  };
  return (
    <Dialog onClose={onClose} title={say(field === null ? 'settings.custom.new' : 'settings.custom.edit')}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <TextInput
            label={say('settings.custom.name')}
            value={name}
            required
            maxLength={100}
            onChange={(event) => setName(event.currentTarget.value)}
            data-testid="custom-field-name"
          />
          <TextInput
            label={say('settings.custom.id')}
            description={say('settings.custom.idHelp')}
            value={id}
            disabled={field !== null}
            error={idError}
            inputMode="numeric"
            onChange={(event) => setId(event.currentTarget.value.trim())}
            data-testid="custom-field-id"
          />
          <Select
            label={say('settings.custom.type')}
            value={type}
            allowDeselect={false}
            data={types.map((value) => ({ value, label: say(`settings.custom.type.${value}`) }))}
            onChange={(value) => setType(types.find((known) => known === value) ?? 'text')}
          />
          {type === 'radio' ? (
            <TagsInput
              label={say('settings.custom.options')}
              description={say('settings.custom.optionsHelp')}
              value={options}
              onChange={setOptions}
            />
          ) : null}
          <TextInput
            label={say('settings.custom.question')}
            value={question}
            maxLength={500}
            onChange={(event) => setQuestion(event.currentTarget.value)}
          />
          <Switch
            label={say('settings.custom.active')}
            checked={active}
            onChange={(event) => setActive(event.currentTarget.checked)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {say('common.cancel')}
            </Button>
            <Button type="submit" disabled={!whole} loading={change.isPending} data-testid="custom-field-save">
              {say('common.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
