import { Button, Group, Pill, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { heldCountedUpTo } from '#contract/lists.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { useFormat } from './format.ts';
import { Section } from './pieces.tsx';
import { useChangeSettings } from './settled-notice.ts';
import { useText } from './text.ts';

const hostShape = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

export function DomainsSection({ page }: { page: TrackerPage }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const change = useChangeSettings(page.shop.id);
  const [added, setAdded] = useState('');
  const [invalid, setInvalid] = useState(false);
  const { domains } = page.settings;
  const allow = (host: string) => change.mutate({ domains: [...new Set([...domains, host])] });

  const add = (event: FormEvent) => {
    event.preventDefault();
    const host = hostOf(added);
    setInvalid(host === null);
    if (host === null) return;
    allow(host);
    setAdded('');
  };
  return (
    <Section
      id="domains"
      title={say('tracker.domains.title')}
      help={say(domains.length === 0 ? 'tracker.domains.open' : 'tracker.domains.closed')}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {say('tracker.domains.limit')}
        </Text>
        {domains.length === 0 ? null : (
          <Group gap="xs">
            {domains.map((host) => (
              <Pill
                key={host}
                size="lg"
                withRemoveButton
                onRemove={() => change.mutate({ domains: domains.filter((one) => one !== host) })}
                removeButtonProps={{
                  'aria-label': say('tracker.domains.remove', { host }),
                  tabIndex: 0,
                  'aria-hidden': false,
                }}
                data-testid="domain-allowed"
              >
                {host}
              </Pill>
            ))}
          </Group>
        )}
        <form onSubmit={add}>
          <Group align="flex-start" gap="sm">
            <TextInput
              aria-label={say('tracker.domains.add')}
              placeholder={say('tracker.domains.placeholder')}
              value={added}
              onChange={(event) => setAdded(event.currentTarget.value)}
              error={invalid ? say('tracker.domains.invalid') : null}
              maw={320}
              className="grow"
              data-testid="domain-add"
            />
            <Button type="submit" variant="default" loading={change.isPending}>
              {say('tracker.domains.add')}
            </Button>
          </Group>
        </form>
        <div>
          <Text fw={600} size="sm" mb={4}>
            {say('tracker.domains.seen')}
          </Text>
          {page.hosts.length === 0 ? (
            <Text size="sm" c="dimmed">
              {say('tracker.domains.noneSeen')}
            </Text>
          ) : (
            page.hosts.map((seen) => (
              <div key={seen.host} className="basis-row" data-testid="domain-seen">
                <div className="grow">
                  <Text size="sm" fw={500}>
                    {seen.host}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {[
                      ...(seen.held > 0
                        ? [
                            say(seen.held >= heldCountedUpTo ? 'tracker.domains.heldMany' : 'tracker.domains.held', {
                              count: seen.held,
                            }),
                          ]
                        : []),
                      ...(seen.firstSeen === null
                        ? []
                        : [say('tracker.domains.firstSeen', { date: format.dateTime(seen.firstSeen) })]),
                    ].join(' · ')}
                  </Text>
                </div>
                <Button
                  size="xs"
                  variant="default"
                  disabled={change.isPending}
                  onClick={() => allow(seen.host)}
                  aria-label={`${say('tracker.domains.allow')} ${seen.host}`}
                >
                  {say('tracker.domains.allow')}
                </Button>
              </div>
            ))
          )}
        </div>
      </Stack>
    </Section>
  );
}

/** Takes a pasted address too: its host is meant. */
function hostOf(text: string): string | null {
  const trimmed = text.trim().toLowerCase();
  const host = URL.parse(/^https?:\/\//.test(trimmed) ? trimmed : `https://${trimmed}`)?.hostname ?? '';
  return hostShape.test(host) ? host : null;
}
