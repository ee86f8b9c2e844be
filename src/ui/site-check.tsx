import { Alert, Badge, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SiteCheck as Checked } from '#contract/site-check.ts';
import { errorText } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { useText, useWord } from './text.ts';

const colors = { ok: 'teal', warning: 'yellow', error: 'red' } as const;

/** Reads a page of the shop as a visitor does, and says whether the tracker can work there. */
export function SiteCheck({ check: ask }: { check: (url: string) => Promise<Checked> }) {
  const say = useText();
  const [url, setUrl] = useState('');
  const check = useMutation({ mutationFn: () => ask(url) });
  return (
    <Section id="site-check" title={say('siteCheck.title')} help={say('siteCheck.help')}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (url.trim() !== '') check.mutate();
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            label={say('siteCheck.url')}
            placeholder="https://www.shop.example/"
            value={url}
            onChange={(event) => setUrl(event.currentTarget.value)}
            className="grow"
            inputMode="url"
            maxLength={2000}
            data-testid="site-check-url"
          />
          <Button type="submit" loading={check.isPending} data-testid="site-check-submit">
            {say('siteCheck.submit')}
          </Button>
        </Group>
      </form>
      <div aria-live="polite">
        {check.isError ? (
          <Alert color="red" mt="md">
            {errorText(say, check.error)}
          </Alert>
        ) : null}
        {check.data === undefined ? null : <Findings checked={check.data} />}
      </div>
    </Section>
  );
}

function Findings({ checked }: { checked: Checked }) {
  const say = useText();
  const word = useWord();
  return (
    <Stack gap="xs" mt="md">
      <Text size="sm" c="dimmed" className="breaks">
        {say('siteCheck.looked', { url: checked.url })}
      </Text>
      {checked.findings.map(({ code, level, detail }) => (
        <Group key={code} gap="sm" wrap="nowrap" align="flex-start" data-testid="site-check-finding" data-code={code}>
          <Badge color={colors[level]} variant="light" tt="none" className="fixed">
            {word('siteCheck.level', level)}
          </Badge>
          <Text size="sm" className="breaks">
            {word('siteCheck.found', code)}
            {checked.failure === null ? null : ` ${word('outbound', checked.failure)}`}
            {detail === null ? null : <code> {detail}</code>}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}
