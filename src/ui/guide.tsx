import { lazy, Suspense } from 'react';
import type { GuideValue } from '#contract/guide.ts';
import type { TrackerPage } from '#contract/tracker.ts';
import { type TrackerScript, useDocument, useTrackerScript } from './installation-api.ts';
import { Loading, PageError } from './page-state.tsx';
import { useLanguage, useText } from './text.ts';
import { modernSnippet, orderSnippet, pageSnippet } from './tracker-snippet.ts';

/** With its parser: comes while the document does. */
const Markdown = lazy(() => import('./markdown.tsx').then((module) => ({ default: module.Markdown })));

/** What a guide needs to know of a shop. */
export interface GuideShop {
  /** Where links between documents stay: `/shops/1`, or `/dev` for an invited developer. */
  readonly base: string;
  readonly collectorUrl: string;
  /** For the shop's pages. */
  readonly publicKey: string;
  /** Public half of the pair that servers prove themselves with. */
  readonly serverKey: string;
  readonly testKey: string;
  readonly currency: string;
}

export function guideShop(page: TrackerPage, testKey: string): GuideShop {
  const key = page.keys.find((one) => one.mayWrite && one.expiresAt === null) ?? page.keys[0];
  return {
    base: `/shops/${page.shop.id}`,
    collectorUrl: page.collectorUrl,
    publicKey: key?.publicKey ?? '',
    serverKey: key?.publicKey ?? '',
    testKey,
    currency: page.settings.currency,
  };
}

/** A document of the product, filled in with the shop's own values. */
export function Guide({ name, shop, top }: { name: string; shop: GuideShop; top?: 1 | 2 | 3 }) {
  const say = useText();
  const language = useLanguage();
  const document = useDocument(name, language);
  const script = useTrackerScript();
  if (document.isPending) return <Loading />;
  if (document.isError) return <PageError error={document.error} onRetry={() => void document.refetch()} />;
  const text = fillIn(document.data, shop, say('docs.privateKey'), script.data ?? null);
  return (
    <Suspense fallback={<Loading />}>
      <Markdown
        text={text}
        codeLabel={say('common.copy')}
        link={(href) => linkOf(href, shop.base)}
        {...(top === undefined ? {} : { top })}
      />
    </Suspense>
  );
}

/** `{{name}}` in a document; the private key stays a word: each person fetches it where they may see it. */
export function fillIn(text: string, shop: GuideShop, privateKey: string, script: TrackerScript | null): string {
  const { host, protocol, origin } = new URL(shop.collectorUrl);
  const values: Readonly<Record<GuideValue, string>> = {
    collectorUrl: origin,
    host,
    protocol,
    publicKey: shop.publicKey,
    privateKey,
    testKey: shop.testKey,
    currency: shop.currency,
    snippet: pageSnippet(shop.collectorUrl, shop.publicKey),
    orderSnippet: orderSnippet(shop.currency),
    modernSnippet: modernSnippet(shop.collectorUrl, shop.publicKey),
    versionedUrl: `${origin}/js/${script?.versioned ?? 'tracker.js'}`,
    integrity: script?.integrity ?? '',
  };
  const known = new Map<string, string>(Object.entries(values));
  const paired = text.replaceAll('{{publicKey}}:{{privateKey}}', `${shop.serverKey}:${privateKey}`);
  return paired.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => known.get(name) ?? whole);
}

/** Links between documents lead to their screens; `setting:` to a section of the Tracker page, `plugin:` to an archive; the rest to the web, over https only. */
function linkOf(href: string, base: string): string | null {
  const setting = /^setting:([a-z]+)$/.exec(href);
  const invited = base === '/dev';
  if (setting !== null) return invited ? `/dev#${setting[1]}` : `${base}/tracker#${setting[1]}`;
  const plugin = /^plugin:([a-z]+)$/.exec(href)?.[1];
  if (plugin !== undefined) return `/api${base}/plugins/${plugin}`;
  if (href === 'verification:') return invited ? '/dev#verification' : `${base}/verification`;
  const document = /^(?:(?:\.\.\/)?(guides|wire)\/|(?:\.\/)?)([a-z0-9-]+)(?:\.(?:fr|en))?\.md(?:#.*)?$/.exec(href);
  if (document !== null) return `${base}/documents/${document[1] ?? 'guides'}/${document[2]}`;
  return /^https:\/\//.test(href) ? href : null;
}
