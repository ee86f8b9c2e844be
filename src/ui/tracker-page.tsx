import { Stack } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { api, useMay, useShopQuery } from './api.ts';
import { Changeable } from './changeable.tsx';
import { useInstallation } from './installation-api.ts';
import { Loading, PageError, PageTitle } from './page-state.tsx';
import { Section } from './pieces.tsx';
import { SiteCheck } from './site-check.tsx';
import { useText } from './text.ts';
import { type Chapter, TrackerContents } from './tracker-contents.tsx';
import { DocumentsSection } from './tracker-documents.tsx';
import { DomainsSection } from './tracker-domains.tsx';
import { KeysSection } from './tracker-keys.tsx';
import { ModuleSection } from './tracker-module.tsx';
import { PlatformSection } from './tracker-platform.tsx';
import { BrowserSection } from './tracker-settings.tsx';
import { StateSection } from './tracker-state.tsx';
import { UpliftSection } from './tracker-uplift.tsx';
import { ValidationSection } from './tracker-validation.tsx';
import { webhookApi } from './webhook-api.ts';

/** With its form: comes after the page's first content. */
const Developers = lazy(() =>
  import('./developers-section.tsx').then((module) => ({ default: module.DevelopersSection })),
);

const Connections = lazy(() =>
  import('./connections-section.tsx').then((module) => ({ default: module.ConnectionsSection })),
);

const chapters: readonly Chapter[] = [
  { id: 'state', title: 'tracker.state.title' },
  { id: 'install', title: 'install.platform.title' },
  { id: 'connections', title: 'connections.title' },
  { id: 'site-check', title: 'siteCheck.title' },
  { id: 'validation', title: 'tracker.validation.title' },
  { id: 'uplift', title: 'tracker.uplift.title' },
  { id: 'developers', title: 'developer.section.title' },
  { id: 'keys', title: 'tracker.keys.title' },
  { id: 'module', title: 'module.title' },
  { id: 'domains', title: 'tracker.domains.title' },
  { id: 'browser', title: 'tracker.browser.title' },
  { id: 'docs', title: 'docs.title' },
];

const chaptersOfOthers = chapters.filter(({ id }) => id !== 'module' && id !== 'developers');

export function TrackerPage() {
  const say = useText();
  const shop = Number(useParams({ strict: false }).shopId);
  const page = useShopQuery(['tracker'], shop, api.tracker);
  const installation = useInstallation(shop);
  const may = useMay(shop);
  if (page.isError) return <PageError error={page.error} onRetry={() => void page.refetch()} />;
  if (installation.isError) return <PageError error={installation.error} onRetry={() => void installation.refetch()} />;
  if (page.isPending || installation.isPending) return <Loading />;
  const both = { page: page.data, installation: installation.data };
  const managesKeys = may('keys.manage');
  return (
    <>
      <PageTitle title={say('tracker.title')} />
      <div className="with-contents">
        <TrackerContents chapters={managesKeys ? chapters : chaptersOfOthers} />
        <Stack gap="lg" className="chapters">
          <StateSection {...both} />
          <PlatformSection {...both} />
          <Suspense
            fallback={
              <Section id="connections" title={say('connections.title')}>
                <Loading />
              </Section>
            }
          >
            <Connections shop={shop} platform={installation.data.platform} manages={may('stores.manage')} />
          </Suspense>
          <SiteCheck check={(url) => webhookApi.siteCheck(shop, { url })} />
          <Changeable shop={shop} asks="settings.change">
            <ValidationSection {...both} />
          </Changeable>
          <Changeable shop={shop} asks="settings.change">
            <UpliftSection {...both} />
          </Changeable>
          {managesKeys ? (
            <Suspense
              fallback={
                <Section id="developers" title={say('developer.section.title')}>
                  <Loading />
                </Section>
              }
            >
              <Developers shop={shop} zone={page.data.settings.zone} />
            </Suspense>
          ) : null}
          <KeysSection page={page.data} />
          {managesKeys ? <ModuleSection shop={shop} /> : null}
          <Changeable shop={shop} asks="settings.change">
            <DomainsSection page={page.data} />
          </Changeable>
          <Changeable shop={shop} asks="settings.change">
            <BrowserSection {...both} />
          </Changeable>
          <DocumentsSection shop={shop} />
        </Stack>
      </div>
    </>
  );
}
