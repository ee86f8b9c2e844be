import { Group, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import type { ImportPage, ImportSetupBody } from '#contract/imports.ts';
import { importApi } from './import-api.ts';
import { errorText } from './page-state.tsx';
import { useText, useWord } from './text.ts';

const encodings = ['utf-8', 'windows-1252', 'iso-8859-15', 'macintosh', 'utf-16le', 'utf-16be'];
const separators = [';', ',', '\t', '|'];

interface Props {
  readonly shop: number;
  readonly page: ImportPage;
  readonly setup: ImportSetupBody;
  readonly onRead: (page: ImportPage) => void;
}

/** Encoding and separator of a text file; a correction has the file read again. */
export function ImportWriting({ shop, page, setup, onRead }: Props) {
  const say = useText();
  const word = useWord();
  const read = useMutation({
    mutationFn: (body: Pick<ImportSetupBody, 'encoding' | 'separator'>) => importApi.read(shop, page.id, body),
    onSuccess: onRead,
    onError: (error) => notifications.show({ color: 'red', message: errorText(say, error) }),
  });
  const { look } = page;
  if (look === null || look.file === 'xlsx') return null;
  const { encoding, separator } = setup;
  return (
    <Group align="flex-end">
      <Select
        label={say('imports.encoding')}
        value={look.encoding}
        onChange={(value) => read.mutate({ encoding: value, separator })}
        data={encodings}
        allowDeselect={false}
        disabled={read.isPending}
        data-testid="import-encoding"
      />
      <Select
        label={say('imports.separator')}
        value={look.separator}
        onChange={(value) => read.mutate({ encoding, separator: value })}
        data={separators.map((one) => ({ value: one, label: word('imports.separator', one === '\t' ? 'tab' : one) }))}
        allowDeselect={false}
        disabled={read.isPending}
        data-testid="import-separator"
      />
    </Group>
  );
}
