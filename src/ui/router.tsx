import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { readFeedSearch, readOrderSearch, readProfileSearch } from './list-search.ts';
import { NotFound } from './page-state.tsx';
import { Shell, ShopHome } from './shell.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound });

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/shops' });
  },
});
const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('./sign-in-page.tsx'), 'SignInPage'),
});
const signInLink = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/link',
  component: lazyRouteComponent(() => import('./sign-in-page.tsx'), 'SignInLinkPage'),
});
const signInCode = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/code',
  component: lazyRouteComponent(() => import('./sign-in-code.tsx'), 'SignInCodePage'),
});
const forgotten = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/forgotten',
  component: lazyRouteComponent(() => import('./password-pages.tsx'), 'ForgottenPage'),
});
const reset = createRoute({
  getParentRoute: () => root,
  path: '/sign-in/reset',
  component: lazyRouteComponent(() => import('./password-pages.tsx'), 'ResetPage'),
});
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: lazyRouteComponent(() => import('./invitation-page.tsx'), 'InvitationPage'),
});
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const shops = createRoute({
  getParentRoute: () => shell,
  path: '/shops',
  component: lazyRouteComponent(() => import('./shops-page.tsx'), 'ShopsPage'),
});
const account = createRoute({
  getParentRoute: () => shell,
  path: '/account',
  component: lazyRouteComponent(() => import('./account-page.tsx'), 'AccountPage'),
});
const shop = createRoute({ getParentRoute: () => shell, path: '/shops/$shopId', component: ShopHome });
const overview = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/overview',
  component: lazyRouteComponent(() => import('./overview-page.tsx'), 'OverviewPage'),
});
const tracker = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/tracker',
  component: lazyRouteComponent(() => import('./tracker-page.tsx'), 'TrackerPage'),
});
const document = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/documents/$folder/$name',
  component: lazyRouteComponent(() => import('./document-page.tsx'), 'DocumentPage'),
});
const verification = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/verification',
  validateSearch: readFeedSearch,
  component: lazyRouteComponent(() => import('./verification-page.tsx'), 'VerificationPage'),
});
const orders = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/orders',
  validateSearch: readOrderSearch,
  component: lazyRouteComponent(() => import('./orders-page.tsx'), 'OrdersPage'),
});
const order = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/orders/$orderId',
  component: lazyRouteComponent(() => import('./order-page.tsx'), 'OrderScreen'),
});
const imports = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/imports',
  component: lazyRouteComponent(() => import('./imports-page.tsx'), 'ImportsPage'),
});
const oneImport = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/imports/$importId',
  component: lazyRouteComponent(() => import('./import-page.tsx'), 'ImportScreen'),
});
const profiles = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/profiles',
  validateSearch: readProfileSearch,
  component: lazyRouteComponent(() => import('./profiles-page.tsx'), 'ProfilesPage'),
});
const profile = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/profiles/$profileId',
  component: lazyRouteComponent(() => import('./profile-page.tsx'), 'ProfileScreen'),
});
const exports = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/exports',
  component: lazyRouteComponent(() => import('./exports-page.tsx'), 'ExportsPage'),
});

const gdpr = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr',
  component: lazyRouteComponent(() => import('./bases-page.tsx'), 'BasesPage'),
});
const gdprBasis = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr/bases/$basisId',
  component: lazyRouteComponent(() => import('./basis-page.tsx'), 'BasisScreen'),
});

const settings = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/settings',
  component: lazyRouteComponent(() => import('./settings-page.tsx'), 'SettingsPage'),
});
const gdprObjections = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr/objections',
  component: lazyRouteComponent(() => import('./objections-page.tsx'), 'ObjectionsPage'),
});
const gdprLedger = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr/ledger',
  component: lazyRouteComponent(() => import('./ledger-page.tsx'), 'LedgerPage'),
});
const gdprRetention = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr/retention',
  component: lazyRouteComponent(() => import('./retention-page.tsx'), 'RetentionPage'),
});
const gdprRequests = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr/requests',
  component: lazyRouteComponent(() => import('./requests-page.tsx'), 'RequestsPage'),
});
const gdprRequest = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/gdpr/requests/$requestId',
  component: lazyRouteComponent(() => import('./request-page.tsx'), 'RequestScreen'),
});
const proof = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/profiles/$profileId/bases/$basisId',
  component: lazyRouteComponent(() => import('./proof-page.tsx'), 'ProofScreen'),
});

const webhooks = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/webhooks',
  component: lazyRouteComponent(() => import('./webhooks-page.tsx'), 'WebhooksPage'),
});

const developer = createRoute({
  getParentRoute: () => root,
  path: '/dev',
  component: lazyRouteComponent(() => import('./developer-page.tsx'), 'DeveloperScreen'),
});
const developerDocument = createRoute({
  getParentRoute: () => root,
  path: '/dev/documents/$folder/$name',
  component: lazyRouteComponent(() => import('./developer-document-page.tsx'), 'DeveloperDocumentScreen'),
});

const outbox = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/outbox',
  component: lazyRouteComponent(() => import('./outbox-page.tsx'), 'OutboxPage'),
});
const instance = createRoute({
  getParentRoute: () => shell,
  path: '/instance',
  component: lazyRouteComponent(() => import('./instance-page.tsx'), 'InstancePage'),
});
const instancePeople = createRoute({
  getParentRoute: () => shell,
  path: '/instance/people',
  component: lazyRouteComponent(() => import('./instance-people-page.tsx'), 'InstancePeoplePage'),
});
const instanceHealth = createRoute({
  getParentRoute: () => shell,
  path: '/instance/health',
  component: lazyRouteComponent(() => import('./instance-health-page.tsx'), 'InstanceHealthPage'),
});
const instanceRetention = createRoute({
  getParentRoute: () => shell,
  path: '/instance/retention',
  component: lazyRouteComponent(() => import('./instance-retention-page.tsx'), 'InstanceRetentionPage'),
});
const instanceOutbox = createRoute({
  getParentRoute: () => shell,
  path: '/instance/outbox',
  component: lazyRouteComponent(() => import('./instance-outbox-page.tsx'), 'InstanceOutboxPage'),
});
const instanceAudit = createRoute({
  getParentRoute: () => shell,
  path: '/instance/audit',
  component: lazyRouteComponent(() => import('./instance-audit-page.tsx'), 'InstanceAuditPage'),
});
const members = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/members',
  component: lazyRouteComponent(() => import('./members-page.tsx'), 'MembersPage'),
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/audit',
  component: lazyRouteComponent(() => import('./audit-page.tsx'), 'AuditPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    signInLink,
    developer,
    developerDocument,
    signInCode,
    forgotten,
    reset,
    invitation,
    shell.addChildren([
      shops,
      account,
      instance,
      instancePeople,
      instanceHealth,
      instanceRetention,
      instanceOutbox,
      instanceAudit,
      shop,
      overview,
      tracker,
      document,
      verification,
      orders,
      order,
      profiles,
      imports,
      oneImport,
      profile,
      exports,
      gdpr,
      gdprBasis,
      settings,
      gdprObjections,
      gdprLedger,
      gdprRetention,
      gdprRequests,
      gdprRequest,
      proof,
      webhooks,
      outbox,
      members,
      audit,
    ]),
  ]),
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
