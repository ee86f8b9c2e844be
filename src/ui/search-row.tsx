import { Button, Group, TextInput } from '@mantine/core';
import { Icon } from './icons.tsx';

interface SearchRowProps {
  readonly label: string;
  readonly action: string;
  readonly typed: string;
  readonly onType: (typed: string) => void;
  readonly testId: string;
}

/** The search of a list, within its form. */
export function SearchRow({ label, action, typed, onType, testId }: SearchRowProps) {
  return (
    <Group align="flex-end" gap="sm" mb="md">
      <TextInput
        label={label}
        type="search"
        value={typed}
        onChange={(event) => onType(event.currentTarget.value)}
        leftSection={<Icon name="search" size={16} />}
        className="grow"
        miw={220}
        data-testid={testId}
      />
      <Button type="submit" variant="default" data-testid={`${testId}-submit`}>
        {action}
      </Button>
    </Group>
  );
}
