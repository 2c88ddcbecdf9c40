/**
 * Which page lies where. Each is a file of its own that is loaded when somebody goes there; the server serves the console at
 * these paths (`src/http/console-files.ts`), so that each can be loaded anew and sent to others.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router';
import { api, BASE, dataOf } from './api/client.ts';
import { parseSearch, searchOf, stringifySearch } from './search-params.ts';
import { NotFound, PageFailed, PageLoading } from './shell/page-states.tsx';
import { Shell } from './shell/shell.tsx';

const LOADERS: (() => Promise<unknown>)[] = [
  // A part of a page in a file of its own.
  () => import('./pages/campaign/chart/pace-chart.tsx'),
];

/** A page in a file of its own. */
const lazyPage: typeof lazyRouteComponent = (load, name) => {
  LOADERS.push(load);
  return lazyRouteComponent(load, name);
};

/** Once the first page stands, all others are fetched: whoever goes to one while the service is away or new still gets it. */
export function loadPages(): void {
  // One that does not come is asked for again by whoever goes there.
  for (const load of LOADERS) load().catch(() => undefined);
}

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const at = <Path extends string>(path: Path) =>
  ({ getParentRoute: () => root, path, validateSearch: searchOf }) as const;

const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: async () => {
      throw redirect({ to: (await isEmpty()) ? '/first-steps' : '/campaigns', search: {} });
    },
  }),
  createRoute({
    ...at('/campaigns'),
    component: lazyPage(() => import('./pages/campaigns/campaigns.tsx'), 'Campaigns'),
  }),
  createRoute({
    ...at('/campaigns/new'),
    component: lazyPage(() => import('./pages/new-campaign/new-campaign.tsx'), 'NewCampaign'),
  }),
  createRoute({
    ...at('/campaigns/$id'),
    component: lazyPage(() => import('./pages/campaign/campaign.tsx'), 'Campaign'),
  }),
  createRoute({
    ...at('/campaigns/$id/people/$row'),
    component: lazyPage(() => import('./pages/person/person.tsx'), 'Person'),
  }),
  createRoute({
    ...at('/requests/$id'),
    component: lazyPage(() => import('./pages/request/request.tsx'), 'RequestPage'),
  }),
  createRoute({
    ...at('/search'),
    component: lazyPage(() => import('./pages/search/search.tsx'), 'Search'),
  }),
  createRoute({
    ...at('/permissions'),
    component: lazyPage(() => import('./pages/permissions/permissions.tsx'), 'Permissions'),
  }),
  createRoute({
    ...at('/opt-outs'),
    component: lazyPage(() => import('./pages/opt-outs/opt-outs.tsx'), 'OptOuts'),
  }),
  createRoute({
    ...at('/templates'),
    component: lazyPage(() => import('./pages/templates/templates.tsx'), 'Templates'),
  }),
  createRoute({
    ...at('/templates/new'),
    component: lazyPage(() => import('./pages/templates/new-template.tsx'), 'NewTemplate'),
  }),
  createRoute({
    ...at('/senders'),
    component: lazyPage(() => import('./pages/senders/senders.tsx'), 'Senders'),
  }),
  createRoute({
    ...at('/system'),
    component: lazyPage(() => import('./pages/system/system.tsx'), 'System'),
  }),
  createRoute({
    ...at('/users'),
    component: lazyPage(() => import('./pages/users/users.tsx'), 'Users'),
  }),
  createRoute({
    ...at('/keys'),
    component: lazyPage(() => import('./pages/keys/keys.tsx'), 'Keys'),
  }),
  createRoute({
    ...at('/audit'),
    component: lazyPage(() => import('./pages/audit/audit.tsx'), 'Audit'),
  }),
  createRoute({
    ...at('/account'),
    component: lazyPage(() => import('./pages/account/account.tsx'), 'Account'),
  }),
  createRoute({
    ...at('/first-steps'),
    component: lazyPage(() => import('./pages/first-steps/first-steps.tsx'), 'FirstSteps'),
  }),
] as const;

/** Whether nobody was asked yet; where that is not known the page of campaigns says why. */
async function isEmpty(): Promise<boolean> {
  try {
    const query = { limit: 1 };
    const found = await dataOf(api.GET('/v1/campaigns', { params: { query } }));
    return found.campaigns.length === 0;
  } catch {
    return false;
  }
}

/** Makes the router. */
export function createConsoleRouter() {
  return createRouter({
    routeTree: root.addChildren([...pages]),
    basepath: new URL(BASE).pathname,
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingComponent: PageLoading,
    defaultErrorComponent: PageFailed,
    scrollRestoration: false,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
