/**
 * Native ESM with swc; why these settings and no others: ARCHITECTURE.md, "Tools". The suites whose
 * subject is SQL, and one whole run of sending, run a second time on the oldest Postgres that is supported.
 */
import { OLDEST_POSTGRES_NAME } from './scripts/programs.mjs';

const shared = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
};

export default {
  projects: [
    {
      ...shared,
      displayName: 'embedded Postgres',
      testMatch: ['**/*.test.ts'],
      globalSetup: '<rootDir>/test/support/global-setup.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
    },
    {
      ...shared,
      displayName: OLDEST_POSTGRES_NAME,
      testMatch: [
        '**/test/ledger/*.test.ts',
        '**/test/queue/*.test.ts',
        '**/test/road/invariants.test.ts',
        '**/test/isolation/*.test.ts',
        '**/test/sim/sql/*.test.ts',
        '**/test/support/postgres.test.ts',
      ],
      setupFiles: ['<rootDir>/test/support/use-oldest.mjs'],
      globalSetup: '<rootDir>/test/support/global-setup-oldest.mjs',
      globalTeardown: '<rootDir>/test/support/global-teardown-oldest.mjs',
    },
  ],
  testSequencer: '<rootDir>/test/support/long-first.mjs',
  reporters: ['default', '<rootDir>/test/support/plain-reporter.mjs'],
  // Servers and processes that a test waits for leave a sixth of two processors idle beside two workers.
  maxWorkers: 4,
  // Modules of ended files stay in a worker's heap: 1.9 GB behind 250 files, and each collection looks through them.
  workerIdleMemoryLimit: '800MB',
  // Real servers on a busy machine: a limit for what hangs, not a measure of anything.
  testTimeout: 180_000,
};
