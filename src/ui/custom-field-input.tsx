import { NativeSelect, TextInput } from '@mantine/core';
import type { ProfilePage } from '#contract/profile.ts';
import { useText } from './text.ts';

interface Props {
  readonly label: string;
  /** As the shop defined it; absent: it sends the id, and defined nothing. */
  readonly field: ProfilePage['customFields'][number] | undefined;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One value of a custom field, asked for as its type wants it; what a shop sent otherwise stays to be chosen. */
export function CustomFieldInput({ label, field, value, onChange }: Props) {
  const say = useText();
  const typed = { label, value, maxLength: 1000, 'data-testid': `profile-form-custom-${field?.id ?? ''}` };
  const choices =
    field?.type === 'radio'
      ? field.options.map((option) => ({ value: option, label: option }))
      : field?.type === 'bool'
        ? [
            { value: '1', label: say('common.yes') },
            { value: '0', label: say('common.no') },
          ]
        : null;
  if (choices !== null) {
    const known = value === '' || choices.some((one) => one.value === value);
    return (
      <NativeSelect
        label={label}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        data={[{ value: '', label: '—' }, ...choices, ...(known ? [] : [{ value, label: value }])]}
        data-testid={typed['data-testid']}
      />
    );
  }
  const isDay = field?.type === 'date' && (value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value));
  return (
    <TextInput
      {...typed}
      type={isDay ? 'date' : 'text'}
      {...(field?.type === 'number' ? { inputMode: 'decimal' as const } : {})}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
