/** Native ESM with swc; why these settings and no others: ARCHITECTURE.md, "Tools". */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  reporters: ['default', '<rootDir>/test/support/plain-reporter.mjs'],
  // Each worker's pools share the hundred connections of one Postgres, and each test file may run
  // a Redis and a few callpermit processes of its own.
  maxWorkers: 2,
  // Real servers on a busy machine: a limit for what hangs, not a measure of anything.
  testTimeout: 180_000,
};
