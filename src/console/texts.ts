/**
 * Every English text of the console, in one place: another language is another object of this shape. Numbers and times
 * are shown in the reader's locale by `format.ts`; what the API says (messages, advice) comes from there.
 */

const plural = (n: number, one: string, many: string, shown: string = String(n)) =>
  `${shown} ${n === 1 ? one : many}`;

/** The texts. */
export const texts = {
  // ---- shared by all pages
  app: {
    name: 'callpermit',
    title: (page: string) => `${page} - callpermit`,
    skip: 'Skip to the content',
    loading: 'Loading…',
    close: 'Close',
    cancel: 'Cancel',
    retry: 'Try again',
    none: '–',
    unknown: 'not known',
    yes: 'yes',
    no: 'no',
    offline: 'The service does not answer. This page comes back by itself.',
    live: 'Live',
    reconnecting: 'Reconnecting…',
    newVersion: 'Another version of callpermit is running now. Load the page again to use it.',
    reload: 'Load again',
    notFound: 'There is no such page.',
    toStart: 'Go to the campaigns',
    broken: 'This page failed.',
    brokenNext:
      'Load it again. If it fails again, tell whoever runs this service, with the text below.',
  },
  roles: { viewer: 'viewer', operator: 'operator', admin: 'admin' },
  mayNot: (role: string) => `This needs the role ${role}.`,
  logIn: {
    title: 'Log in to callpermit',
    user: 'User',
    password: 'Password',
    submit: 'Log in',
    show: 'Show the password',
    hide: 'Hide the password',
    first: 'The first user is made on the command line: callpermit user add NAME --role admin',
  },
  nav: {
    label: 'Pages',
    open: 'Open the navigation',
    campaigns: 'Campaigns',
    newCampaign: 'New campaign',
    permissions: 'May be called',
    optOuts: 'Opt-outs',
    templates: 'Templates',
    senders: 'Senders',
    system: 'Health',
    users: 'Users',
    keys: 'Keys',
    audit: 'Audit log',
    firstSteps: 'First steps',
    account: 'Your account',
    queues: 'Queues',
    apiDocs: 'HTTP API',
  },
  menu: {
    label: (user: string) => `Account of ${user}`,
    role: (role: string) => `Role: ${role}`,
    logOut: 'Log out',
    logOutEverywhere: 'Log out everywhere',
    scheme: 'Colours',
    schemes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
  },
  search: {
    label: 'Search for a number, reference or message id',
    placeholder: 'Number, reference or wamid',
    submit: 'Search',
  },
  table: {
    previous: 'Previous',
    next: 'Next',
    page: (n: string) => `Page ${n}`,
    pages: (what: string) => `Pages of ${what}`,
    empty: 'Nothing here.',
  },
  problem: { code: 'Code', where: 'Where', advice: 'What to do' },
  phone: {
    label: 'Preview on a phone',
    allow: 'Call permission request',
    choose: 'Choose',
    now: 'now',
  },
  // ---- states, as people read them
  campaignStates: {
    loading: 'Loading',
    draft: 'Draft',
    scheduled: 'Scheduled',
    running: 'Running',
    paused: 'Paused',
    completed: 'Completed',
    cancelled: 'Cancelled',
  },
  requestStates: {
    pending: 'Waiting',
    queued: 'Queued',
    sending: 'Sending',
    accepted: 'Accepted',
    'already-granted': 'Already granted',
    rejected: 'Refused',
    uncertain: 'Uncertain',
    skipped: 'Skipped',
    expired: 'Expired',
    cancelled: 'Cancelled',
  },
  // ---- pages of campaigns
  campaigns: { title: 'Campaigns', what: 'campaigns' },
  people: (n: number, shown: string) => plural(n, 'person', 'people', shown),
  // ---- pages of permissions, templates, senders, health, users, keys, audit, first steps
  comes: 'This page is not built yet.',
};

/** The shape that another language has. */
export type Texts = typeof texts;
