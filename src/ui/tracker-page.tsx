import { Anchor, Group, Stack, Text } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import type { TrackerPage as Page } from '#contract/tracker.ts';
import { api, useShopQuery } from './api.ts';
import { useFormat } from './format.ts';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { CodeBlock, Section } from './pieces.tsx';
import { useText } from './text.ts';
import { DomainsSection } from './tracker-domains.tsx';
import { KeysSection } from './tracker-keys.tsx';
import { ModuleSection } from './tracker-module.tsx';
import { BrowserSection, UpliftSection, ValidationSection } from './tracker-settings.tsx';
import { orderSnippet, pageSnippet } from './tracker-snippet.ts';

const contents = [
  ['state', 'tracker.state.title'],
  ['snippet', 'tracker.snippet.title'],
  ['validation', 'tracker.validation.title'],
  ['uplift', 'tracker.uplift.title'],
  ['browser', 'tracker.browser.title'],
  ['keys', 'tracker.keys.title'],
  ['module', 'module.title'],
  ['domains', 'tracker.domains.title'],
] as const;

export function TrackerPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const page = useShopQuery(['tracker'], shop, api.tracker);
  if (page.isPending) return <Loading />;
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  return (
    <>
      <PageTitle title={say('tracker.title')} />
      <div className="with-contents">
        <Stack gap="lg">
          <StateSection page={page.data} />
          <SnippetSection page={page.data} />
          <ValidationSection page={page.data} />
          <UpliftSection page={page.data} />
          <BrowserSection page={page.data} />
          <KeysSection page={page.data} />
          <ModuleSection shop={shop} />
          <DomainsSection page={page.data} />
        </Stack>
        <nav className="contents" aria-label={say('tracker.contents')}>
          <Text fw={600} size="sm" mb={4}>
            {say('tracker.contents')}
          </Text>
          {contents.map(([id, title]) => (
            <a key={id} href={`#${id}`}>
              {say(title)}
            </a>
          ))}
        </nav>
      </div>
    </>
  );
}

function StateSection({ page }: { page: Page }) {
  const say = useText();
  const format = useFormat(page.settings.zone);
  const { installedAt } = page.shop;
  const state =
    installedAt !== null
      ? say('tracker.state.since', { date: format.dateTime(installedAt) })
      : say(page.lastReceivedAt === null ? 'tracker.state.nothing' : 'tracker.state.visitsOnly');
  return (
    <Section id="state" title={say('tracker.state.title')}>
      <Group gap="xs" data-testid="installation-state">
        <span className="live-dot" data-on={installedAt === null ? undefined : true} />
        <Text fw={600}>{state}</Text>
      </Group>
      {page.lastReceivedAt === null ? (
        <Text size="sm" mt="xs">
          {say('tracker.state.nothingHelp')}
        </Text>
      ) : (
        <Text size="sm" mt="xs">
          {say('tracker.state.last', { date: format.dateTime(page.lastReceivedAt) })}
        </Text>
      )}
      <Text size="sm" c="dimmed" mt="xs">
        {say('tracker.state.onlyFromNow')}
      </Text>
      <Anchor
        mt="sm"
        size="sm"
        display="inline-block"
        renderRoot={(props) => (
          <Link {...props} to="/shops/$shopId/verification" params={{ shopId: String(page.shop.id) }} />
        )}
      >
        {say('tracker.state.watch')}
      </Anchor>
    </Section>
  );
}

function SnippetSection({ page }: { page: Page }) {
  const say = useText();
  const key = page.keys.find((one) => one.mayWrite) ?? page.keys[0];
  if (key === undefined) return null;
  return (
    <Section id="snippet" title={say('tracker.snippet.title')} help={say('tracker.snippet.help')}>
      <Stack gap="sm">
        <CodeBlock
          text={pageSnippet(page.collectorUrl, key.publicKey)}
          label={say('tracker.snippet.code')}
          testId="snippet"
        />
        <Text size="sm">{say('tracker.snippet.order')}</Text>
        <CodeBlock text={orderSnippet(page.settings.currency)} label={say('tracker.snippet.orderCode')} />
        <Text size="sm" c="dimmed">
          {say('tracker.snippet.orderHelp')}
        </Text>
      </Stack>
    </Section>
  );
}
