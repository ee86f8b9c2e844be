import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
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
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });
const shops = createRoute({
  getParentRoute: () => shell,
  path: '/shops',
  component: lazyRouteComponent(() => import('./shops-page.tsx'), 'ShopsPage'),
});
const shop = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId',
  component: ShopHome,
});
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
  component: lazyRouteComponent(() => import('./verification-page.tsx'), 'VerificationPage'),
});
const orders = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/orders',
  component: lazyRouteComponent(() => import('./orders-page.tsx'), 'OrdersPage'),
});
const order = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/orders/$orderId',
  component: lazyRouteComponent(() => import('./order-page.tsx'), 'OrderScreen'),
});
const profiles = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/profiles',
  component: lazyRouteComponent(() => import('./profiles-page.tsx'), 'ProfilesPage'),
});
const profile = createRoute({
  getParentRoute: () => shell,
  path: '/shops/$shopId/profiles/$profileId',
  component: lazyRouteComponent(() => import('./profile-page.tsx'), 'ProfileScreen'),
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

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    signIn,
    signInLink,
    developer,
    developerDocument,
    shell.addChildren([
      shops,
      shop,
      overview,
      tracker,
      document,
      verification,
      orders,
      order,
      profiles,
      profile,
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
