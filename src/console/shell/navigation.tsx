/** The links at the side; those that whoever is logged in may not use are not there. */
import { Link, useMatches } from '@tanstack/react-router';
import { BASE } from '../api/client.ts';
import { useMay } from '../api/session.ts';
import { texts } from '../texts.ts';
import classes from './navigation.module.css';

const GROUPS = [
  [
    { to: '/campaigns', text: texts.nav.campaigns, needs: 'viewer' },
    { to: '/campaigns/new', text: texts.nav.newCampaign, needs: 'operator' },
  ],
  [
    { to: '/permissions', text: texts.nav.permissions, needs: 'viewer' },
    { to: '/opt-outs', text: texts.nav.optOuts, needs: 'viewer' },
  ],
  [
    { to: '/templates', text: texts.nav.templates, needs: 'viewer' },
    { to: '/senders', text: texts.nav.senders, needs: 'viewer' },
    { to: '/system', text: texts.nav.system, needs: 'viewer' },
    { to: '/first-steps', text: texts.nav.firstSteps, needs: 'viewer' },
  ],
  [
    { to: '/users', text: texts.nav.users, needs: 'admin' },
    { to: '/keys', text: texts.nav.keys, needs: 'admin' },
    { to: '/audit', text: texts.nav.audit, needs: 'operator' },
  ],
] as const;

/** Pages without a link of their own stand below one that has one. */
const BELOW: Readonly<Record<string, string>> = {
  '/campaigns/$id': '/campaigns',
  '/campaigns/$id/people/$row': '/campaigns',
  '/requests/$id': '/campaigns',
  '/templates/new': '/templates',
};

/** Pages that are not ours, with the same log-in. */
const OTHERS = [
  { path: '/queues', text: texts.nav.queues },
  { path: '/docs/', text: texts.nav.apiDocs },
];

/** All of them. */
export function Navigation() {
  const may = { viewer: true, operator: useMay('operator'), admin: useMay('admin') };
  const at: string = useMatches().at(-1)?.fullPath ?? '';
  const groups = GROUPS.map((group) => group.filter(({ needs }) => may[needs]));
  return (
    <>
      {groups.map(([first, ...rest]) =>
        first === undefined ? null : (
          <ul key={first.to} className={classes.group}>
            {[first, ...rest].map(({ to, text }) => (
              <li key={to}>
                <Link
                  to={to}
                  search={{}}
                  className={classes.link ?? ''}
                  activeOptions={{ exact: true, includeSearch: false }}
                  activeProps={{ 'aria-current': 'page' }}
                  inactiveProps={BELOW[at] === to ? { 'aria-current': 'true' } : {}}
                >
                  {text}
                </Link>
              </li>
            ))}
          </ul>
        ),
      )}
      <ul className={classes.group}>
        {OTHERS.map(({ path, text }) => (
          <li key={path}>
            <a className={classes.link} href={`${BASE}${path}`}>
              {text}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
