/** The names that other services add jobs by: who has them from docs/intake-queue.md has them right. */
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { INTAKE_JOB, INTAKE_QUEUE } from '../../src/core/intake-queue.ts';

const PAGE = readFileSync(new URL('../../docs/intake-queue.md', import.meta.url), 'utf8');

test('queue and job are called as the page says', () => {
  expect([INTAKE_QUEUE, INTAKE_JOB]).toEqual(['callpermit-intake', 'call-permission-request']);
  for (const name of [INTAKE_QUEUE, INTAKE_JOB]) expect(PAGE).toContain(`'${name}'`);
});
