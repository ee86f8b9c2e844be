import { Button, Group, Text, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Dialog } from './dialog.tsx';
import { useText } from './text.ts';

/** Asks before what cannot be undone; with `typed`, only once that text was typed. */
export function SureDialog({
  title,
  action,
  typed,
  typedLabel,
  busy,
  onSure,
  onClose,
  children,
}: {
  title: string;
  action: string;
  typed?: string;
  typedLabel?: string;
  busy: boolean;
  onSure: () => void;
  onClose: () => void;
  children: ReactNode;
}) {
  const say = useText();
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSure();
  };
  return (
    <Dialog onClose={onClose} title={title}>
      <form onSubmit={submit}>
        <Text size="sm">{children}</Text>
        {typed === undefined ? null : (
          <TextInput
            mt="sm"
            label={typedLabel}
            autoComplete="off"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            data-testid="sure-typed"
          />
        )}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {say('common.cancel')}
          </Button>
          <Button
            type="submit"
            color="red"
            loading={busy}
            disabled={typed !== undefined && text.trim() !== typed}
            data-testid="sure"
          >
            {action}
          </Button>
        </Group>
      </form>
    </Dialog>
  );
}
