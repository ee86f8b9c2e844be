/** Calls about the installation, the journal and the documentation. */
import { useQuery } from '@tanstack/react-query';
import type { DocumentList, Installation, PlatformBody, ValidationEffect } from '#contract/installation.ts';
import type { Validation } from '#contract/tracker.ts';
import type { JournalPage, JournalQuery, TroubleList } from '#contract/verification.ts';
import { ApiError, call, stated } from './api.ts';

export type ValidationSetting = typeof Validation.static;

export const installationApi = {
  installation: (shop: number) => call<Installation>('GET', `/api/shops/${shop}/installation`),
  choosePlatform: (shop: number, body: PlatformBody) => call<null>('POST', `/api/shops/${shop}/platform`, body),
  effect: (shop: number, to: ValidationSetting, after: number) =>
    call<ValidationEffect>('GET', `/api/shops/${shop}/settings/effect?validation=${to}&after=${after}`),
  pauseRedecide: (shop: number, paused: boolean) => call<null>('POST', `/api/shops/${shop}/redecide`, { paused }),
  journal: (shop: number, { beforeAt, ...query }: JournalQuery) => {
    const asked = stated({ ...query, beforeAt: beforeAt === undefined ? undefined : String(beforeAt) });
    return call<JournalPage>('GET', `/api/shops/${shop}/journal?${new URLSearchParams(asked)}`);
  },
  troubles: (shop: number) => call<TroubleList>('GET', `/api/shops/${shop}/troubles`),
  documents: () => call<DocumentList>('GET', '/api/documents'),
};

const freshMs = 10_000;
/** While orders are decided again, the bar moves. */
const movingMs = 1_000;

export function useInstallation(shop: number) {
  return useQuery({
    queryKey: ['shop', shop, 'installation'],
    queryFn: () => installationApi.installation(shop),
    refetchInterval: (query) => (query.state.data?.redecide?.paused === false ? movingMs : freshMs),
  });
}

export function useDocuments() {
  return useQuery({ queryKey: ['documents'], queryFn: installationApi.documents, staleTime: Number.POSITIVE_INFINITY });
}

/** A document's Markdown, in this language where it is there. */
export function useDocument(name: string, language: string) {
  return useQuery({
    queryKey: ['document', name, language],
    queryFn: async () => {
      const answer = await fetch(`/api/documents/${name}?lang=${language}`).catch(() => {
        throw new ApiError(0, 'network');
      });
      if (!answer.ok) throw new ApiError(answer.status, 'document');
      return answer.text();
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** What a test says; each is a real call through the public door, under the test pair. */
const tests = {
  account: { action: 'signup', external_id: 'ESSAI-37', firstname: 'Camille', name: 'Essai' },
  order: { action: 'order', amount: '89.90', state: '10' },
  paid: { action: 'order', amount: '89.90', state: '20' },
  'optin-email': { action: 'newsletter', optin: '1' },
  'optin-sms': { action: 'signup', mobile: '0612345678', mobile_optin: '1' },
} as const;
export type TestKind = keyof typeof tests;

export function isTestKind(what: string): what is TestKind {
  return Object.hasOwn(tests, what);
}

/** Sends one test as the shop's page would; the page's own address stays out of it. */
export async function sendTest(testKey: string, kind: TestKind): Promise<void> {
  const fields = new URLSearchParams({ site: testKey, email: 'essai@example.com', ...tests[kind] });
  if (kind === 'order' || kind === 'paid') fields.set('idorder', `ESSAI-${Date.now() % 1_000_000}`);
  const answer = await fetch(`/track?${fields}`, { referrerPolicy: 'no-referrer' }).catch(() => {
    throw new ApiError(0, 'network');
  });
  if (!answer.ok) throw new ApiError(answer.status, 'test');
}

/** The modern tracker of this release: its versioned file and the integrity value of its content. */
export interface TrackerScript {
  readonly versioned: string;
  readonly integrity: string;
}

export function useTrackerScript() {
  return useQuery({
    queryKey: ['tracker-script'],
    queryFn: async () => (await call<{ readonly tracker: TrackerScript }>('GET', '/js/manifest.json')).tracker,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
