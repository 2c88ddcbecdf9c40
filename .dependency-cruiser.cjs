/**
 * The arrows of ARCHITECTURE.md: who may import whom inside `src` and `workers`. Everything not
 * named in `ARROWS` is an error, so that a new folder has to be given its place here.
 */
const BELOW = ['core', 'config', 'telemetry'];
const USE_CASES = ['campaign', 'sending', 'replies', 'events', 'users'];
const FRONT = [...BELOW, ...USE_CASES, 'wiring'];
const ARROWS = {
  core: [],
  config: ['core'],
  telemetry: ['core', 'config'],
  'embedded-postgres': BELOW,
  intake: BELOW,
  ledger: BELOW,
  queue: BELOW,
  graph: BELOW,
  webhook: BELOW,
  simulator: BELOW,
  // The use cases see the adapters only as ports of core, and each other not at all.
  campaign: BELOW,
  sending: BELOW,
  replies: BELOW,
  events: BELOW,
  users: BELOW,
  diagnosis: FRONT,
  http: [...FRONT, 'diagnosis'],
  // The simulator is a command of its own and has no part in sending.
  cli: [...FRONT, 'diagnosis', 'http', 'simulator'],
  client: FRONT,
  // A program of its own in browsers, which knows the others by the HTTP API alone; pure rules it may use, so that they are checked while somebody types.
  console: ['core'],
  index: [...FRONT, 'client'],
};

/** Where packages are used that may not be installed. */
const OPTIONAL_PARTS =
  '^src/(http/|telemetry/traces/open-traces|telemetry/traces/clean-exporter|wiring/traces\\.ts$)';
const WITHOUT_PACKAGES = '^src/http/metrics-server';

/** A file of the top level (`src/wiring.ts`, `src/index.ts`), or a folder with all that is in it. */
const part = (name) => `^src/${name}(/|\\.ts$|$)`;

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...Object.entries(ARROWS).map(([name, allowed]) => ({
      name: `arrows-of-${name}`,
      severity: 'error',
      from: { path: part(name) },
      to: { path: '^(src|workers|scripts|test)/', pathNot: [name, ...allowed].map(part) },
    })),
    {
      name: 'every-part-has-arrows',
      comment: 'A new folder of src needs its line in ARROWS (.dependency-cruiser.cjs).',
      severity: 'error',
      from: { path: '^src/', pathNot: [...Object.keys(ARROWS), 'wiring'].map(part) },
      to: {},
    },
    {
      name: 'core-does-no-io',
      severity: 'error',
      from: { path: part('core') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nothing-imports-the-top',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(workers|scripts|test)/' },
    },
    {
      name: 'simulator-by-its-front-door',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: part('simulator') },
      to: { path: part('simulator'), pathNot: '^src/simulator/index\\.ts$' },
    },
    {
      name: 'http-client-stands-alone',
      comment:
        'It is loaded, and bundled, without the ledger, the queue and the server (callpermit/http).',
      severity: 'error',
      from: { path: '^src/client/(http/|[^/]+\\.ts$)' },
      to: {
        path: '^src/(ledger|queue|graph|http|intake|sending|events|telemetry|config|client/ledger|wiring)(/|\\.ts$)',
      },
    },
    {
      name: 'screen-only-shows',
      comment:
        'Screens print what they are given: of the command line they know its terminal, by the type Cli.',
      severity: 'error',
      from: { path: '^src/cli/screen/' },
      to: {
        path: '^src/(cli/(commands|options|run)/|wiring\\.ts$)',
        pathNot: '^src/cli/run/cli\\.ts$',
      },
    },
    {
      name: 'console-is-for-browsers',
      comment: 'The build bundles it: nothing of it is loaded by Node, and nothing of Node by it.',
      severity: 'error',
      from: { path: part('console') },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'console-by-its-build',
      severity: 'error',
      from: { path: '^(src|workers|scripts)/', pathNot: part('console') },
      to: { path: part('console') },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'all-resolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-development-packages',
      comment: 'What runs must be in dependencies, or npm ci --omit=dev breaks it.',
      severity: 'error',
      // What the console is made of is bundled with it.
      from: { path: '^(src|workers)/', pathNot: part('console') },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg'],
        dependencyTypesNot: ['npm-peer'],
        pathNot: '^node_modules/@types/',
      },
    },
    {
      name: 'optional-packages-in-their-part',
      comment: 'They may not be installed: only a part that is loaded by loadPart imports them.',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: OPTIONAL_PARTS },
      to: { dependencyTypes: ['npm-peer'] },
    },
    {
      name: 'optional-parts-by-load-part',
      comment:
        'Use loadPart (src/config/optional-packages.ts): it says what to install. Of src/wiring.ts only types are meant.',
      severity: 'error',
      from: { path: '^(src|workers)/', pathNot: [OPTIONAL_PARTS, '^src/wiring\\.ts$'] },
      to: {
        path: OPTIONAL_PARTS,
        pathNot: WITHOUT_PACKAGES,
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API that dependency-cruiser knows; swc reads type imports too.
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    // It cannot read them. That the console imports nothing of ours and nothing of Node is looked at by tsc (its tsconfig.json).
    exclude: { path: '\\.tsx$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
