/** What the tests import of `@jest/globals`: jest's own, without jest's module system (a second a mutant). */
export { jestExpect as expect } from '@jest/expect';
export { afterAll, afterEach, beforeAll, beforeEach, describe, it, test } from 'jest-circus';
