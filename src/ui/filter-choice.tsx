/** What lists and files are narrowed by. */
import { Group, Select } from '@mantine/core';
import { gdprApi, useShopQuery } from './api.ts';
import { useText, useWord } from './text.ts';

const statuses = ['accepted', 'refused', 'to confirm', 'unknown'] as const;

interface BasisChoiceProps {
  readonly shop: number;
  readonly basis: string | null | undefined;
  readonly status: string | null | undefined;
  readonly onBasis: (basis: string | null) => void;
  readonly onStatus: (status: string | null) => void;
  /** A status alone says nothing: it waits for a basis. */
  readonly statusOfBasis?: boolean;
}

/** A basis people hold, and how. For those who may see the bases. */
export function BasisChoice({ shop, basis, status, onBasis, onStatus, statusOfBasis = false }: BasisChoiceProps) {
  const say = useText();
  const word = useWord();
  const list = useShopQuery(['bases'], shop, gdprApi.bases);
  return (
    <Group gap="sm">
      <Choice
        label={say('exports.basis')}
        value={basis}
        data={(list.data?.bases ?? []).map(({ id, name }) => ({ value: String(id), label: name }))}
        onChange={onBasis}
        wide
        testId="filter-basis"
      />
      <Choice
        label={say('exports.status')}
        value={status}
        data={statuses.map((value) => ({ value, label: word('status', value) }))}
        onChange={onStatus}
        disabled={statusOfBasis && basis == null}
        testId="filter-status"
      />
    </Group>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string | null | undefined;
  readonly data: { value: string; label: string }[];
  readonly wide?: boolean;
  readonly disabled?: boolean;
  readonly testId?: string;
  readonly onChange: (value: string | null) => void;
}

/** One of a few words, or any. */
export function Choice({ label, value, data, wide, disabled, testId, onChange }: ChoiceProps) {
  const say = useText();
  return (
    <Select
      label={label}
      value={value ?? null}
      data={data}
      onChange={onChange}
      clearable
      disabled={disabled ?? false}
      placeholder={say('exports.any')}
      w={wide ? 280 : 180}
      data-testid={testId}
    />
  );
}
