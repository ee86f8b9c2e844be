import { Anchor, Button, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DeveloperPage } from '#contract/developer.ts';
import { developerApi, developerKey, developerSource } from './developer-api.ts';
import { DeveloperDoor, useDeveloperPage } from './developer-door.tsx';
import { DeveloperKeysSection } from './developer-keys.tsx';
import { DeveloperOrders } from './developer-orders.tsx';
import { useFormat } from './format.ts';
import { useDocuments } from './installation-api.ts';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { ApiReference, Section } from './pieces.tsx';
import { SiteCheck } from './site-check.tsx';
import { useLanguage, useText } from './text.ts';
import { VerificationFeed } from './verification-feed.tsx';

export function DeveloperScreen() {
  return <DeveloperDoor>{(page) => <Opened page={page} />}</DeveloperDoor>;
}

function Opened({ page }: { page: DeveloperPage }) {
  const say = useText();
  const format = useFormat(page.zone);
  const queries = useQueryClient();
  const checks = useDeveloperPage();
  const leave = async () => {
    await developerApi.leave();
    await queries.resetQueries({ queryKey: developerKey });
  };
  return (
    <Stack gap="lg" data-testid="developer-page">
      <PageTitle
        title={say('developer.page.of', { shop: page.shop })}
        lead={say('developer.page.lead', { until: format.dateTime(page.until) })}
      >
        <Button variant="default" onClick={() => void leave()} data-testid="developer-leave">
          {say('developer.page.leave')}
        </Button>
      </PageTitle>
      <DeveloperKeysSection page={page} />
      <Documents page={page} />
      <CustomFields page={page} />
      <section aria-labelledby="verification-title" id="verification">
        <VerificationFeed
          title={say('verification.title')}
          lead={say('developer.page.masked')}
          source={developerSource}
          zone={page.zone}
          checks={checks}
          checksWithin={developerKey}
          inPage
        />
      </section>
      <DeveloperOrders zone={page.zone} />
      <SiteCheck check={developerApi.siteCheck} />
    </Stack>
  );
}

function Documents({ page }: { page: DeveloperPage }) {
  const say = useText();
  const language = useLanguage();
  const documents = useDocuments();
  const own = `guides/${page.platform ?? 'other'}`;
  const all = documents.data?.documents ?? [];
  const first = all.filter(({ name }) => name === own);
  const rest = all.filter(({ name }) => name !== own);
  return (
    <Section id="docs" title={say('developer.docs.title')} help={say('developer.docs.help')}>
      {documents.isPending ? <Loading /> : null}
      {documents.isError ? <PageError error={documents.error} onRetry={() => void documents.refetch()} /> : null}
      <ul className="developer-docs" data-testid="developer-docs">
        {[...first, ...rest].map(({ name, titles }) => (
          <li key={name} data-own={name === own || undefined}>
            <Anchor
              size="sm"
              {...(name === own ? { fw: 600 } : {})}
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/dev/documents/$folder/$name"
                  params={{ folder: name.split('/')[0] ?? '', name: name.split('/')[1] ?? '' }}
                />
              )}
            >
              {titles[language] ?? Object.values(titles)[0] ?? name}
            </Anchor>
          </li>
        ))}
        <li>
          <ApiReference />
        </li>
      </ul>
    </Section>
  );
}

function CustomFields({ page }: { page: DeveloperPage }) {
  const say = useText();
  return (
    <Section id="fields" title={say('developer.fields.title')} help={say('developer.fields.help')}>
      {page.customFields.length === 0 ? (
        <Text size="sm" c="dimmed">
          {say('developer.fields.none')}
        </Text>
      ) : (
        <ul className="plain-list">
          {page.customFields.map(({ id, name, type }) => (
            <li key={id} data-testid="developer-field" data-id={id}>
              <code>custom_fields[{id}]</code> {name}{' '}
              <span className="note">({say(`settings.custom.type.${type}`)})</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
