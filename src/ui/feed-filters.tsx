import { Button, Group, Select, TextInput } from '@mantine/core';
import { memo } from 'react';
import { Icon } from './icons.tsx';
import { useText } from './text.ts';

const kinds = [
  ...(['order', 'account', 'newsletter', 'consent', 'cart', 'abandon', 'automation', 'token'] as const),
  ...(['objection', 'merge', 'settings', 'expiry'] as const),
];
const outcomes = ['applied', 'unchanged', 'ignored', 'rejected', 'unreadable', 'failed'] as const;

interface FeedFiltersProps {
  readonly kind: string | null;
  readonly outcome: string | null;
  /** null: nobody is searched for. */
  readonly text: string | null;
  readonly onKind: (kind: string | null) => void;
  readonly onOutcome: (outcome: string | null) => void;
  readonly onText: (text: string) => void;
  /** null: nothing is filtered. */
  readonly onClear: (() => void) | null;
}

/** What of the stream is shown. Lines arrive many times a second: this is drawn again only when it changes. */
export const FeedFilters = memo(function Filters(props: FeedFiltersProps) {
  const { kind, outcome, text, onKind, onOutcome, onText, onClear } = props;
  const say = useText();
  const all = { value: '', label: say('verification.filter.all') };
  return (
    <Group mb="md" gap="sm" align="flex-end">
      <Select
        label={say('verification.filter.kind')}
        value={kind ?? ''}
        onChange={(value) => onKind(value || null)}
        data={[all, ...kinds.map((one) => ({ value: one, label: say(`kind.${one}`) }))]}
        allowDeselect={false}
        w={{ base: '100%', xs: 170 }}
        data-testid="verification-kind"
      />
      <Select
        label={say('verification.filter.outcome')}
        value={outcome ?? ''}
        onChange={(value) => onOutcome(value || null)}
        data={[all, ...outcomes.map((one) => ({ value: one, label: say(`outcome.${one}`) }))]}
        allowDeselect={false}
        w={{ base: '100%', xs: 210 }}
        data-testid="verification-outcome-filter"
      />
      {text === null ? null : (
        <TextInput
          label={say('verification.filter.text')}
          placeholder={say('verification.filter.subjectHelp')}
          value={text}
          maxLength={250}
          onChange={(event) => onText(event.currentTarget.value)}
          leftSection={<Icon name="search" size={16} />}
          w={{ base: '100%', xs: 300 }}
          data-testid="verification-filter"
        />
      )}
      {onClear === null ? null : (
        <Button variant="subtle" onClick={onClear} data-testid="verification-clear">
          {say('verification.filter.clear')}
        </Button>
      )}
    </Group>
  );
});
