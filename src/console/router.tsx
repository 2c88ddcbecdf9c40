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
import { BASE } from './api/client.ts';
import { parseSearch, searchOf, stringifySearch } from './search-params.ts';
import { NotFound, PageFailed, PageLoading } from './shell/page-states.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const at = <Path extends string>(path: Path) =>
  ({ getParentRoute: () => root, path, validateSearch: searchOf }) as const;

const pages = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      throw redirect({ to: '/campaigns', search: {} });
    },
  }),
  createRoute({
    ...at('/campaigns'),
    component: lazyRouteComponent(() => import('./pages/campaigns/campaigns.tsx'), 'Campaigns'),
  }),
  createRoute({
    ...at('/campaigns/new'),
    component: lazyRouteComponent(
      () => import('./pages/new-campaign/new-campaign.tsx'),
      'NewCampaign',
    ),
  }),
  createRoute({
    ...at('/campaigns/$id'),
    component: lazyRouteComponent(() => import('./pages/campaign/campaign.tsx'), 'Campaign'),
  }),
  createRoute({
    ...at('/campaigns/$id/people/$row'),
    component: lazyRouteComponent(() => import('./pages/person/person.tsx'), 'Person'),
  }),
  createRoute({
    ...at('/requests/$id'),
    component: lazyRouteComponent(() => import('./pages/request/request.tsx'), 'RequestPage'),
  }),
  createRoute({
    ...at('/search'),
    component: lazyRouteComponent(() => import('./pages/search/search.tsx'), 'Search'),
  }),
  createRoute({
    ...at('/permissions'),
    component: lazyRouteComponent(
      () => import('./pages/permissions/permissions.tsx'),
      'Permissions',
    ),
  }),
  createRoute({
    ...at('/opt-outs'),
    component: lazyRouteComponent(() => import('./pages/opt-outs/opt-outs.tsx'), 'OptOuts'),
  }),
  createRoute({
    ...at('/templates'),
    component: lazyRouteComponent(() => import('./pages/templates/templates.tsx'), 'Templates'),
  }),
  createRoute({
    ...at('/templates/new'),
    component: lazyRouteComponent(
      () => import('./pages/templates/new-template.tsx'),
      'NewTemplate',
    ),
  }),
  createRoute({
    ...at('/senders'),
    component: lazyRouteComponent(() => import('./pages/senders/senders.tsx'), 'Senders'),
  }),
  createRoute({
    ...at('/system'),
    component: lazyRouteComponent(() => import('./pages/system/system.tsx'), 'System'),
  }),
  createRoute({
    ...at('/users'),
    component: lazyRouteComponent(() => import('./pages/users/users.tsx'), 'Users'),
  }),
  createRoute({
    ...at('/keys'),
    component: lazyRouteComponent(() => import('./pages/keys/keys.tsx'), 'Keys'),
  }),
  createRoute({
    ...at('/audit'),
    component: lazyRouteComponent(() => import('./pages/audit/audit.tsx'), 'Audit'),
  }),
  createRoute({
    ...at('/account'),
    component: lazyRouteComponent(() => import('./pages/account/account.tsx'), 'Account'),
  }),
  createRoute({
    ...at('/first-steps'),
    component: lazyRouteComponent(
      () => import('./pages/first-steps/first-steps.tsx'),
      'FirstSteps',
    ),
  }),
] as const;

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
