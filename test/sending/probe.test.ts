/** Breakers that Meta itself says are over. */
import { expect, test } from '@jest/globals';
import type { Template } from '../../src/core/graph.ts';
import type { SenderStore } from '../../src/core/ports/index.ts';
import { err, ok } from '../../src/core/result.ts';
import { probeBreakers } from '../../src/sending/probe.ts';
import { keptLog } from '../campaign/support.ts';

type Found = { readonly name: string; readonly language: string; readonly status: string };
const away = err({ kind: 'unreachable', detail: 'ECONNRESET' } as const);
const WANTED = { name: 't', language: 'en' };

/** One due breaker, looked at with what Meta says of the number or of templates. */
async function probed(
  due: { readonly name: string; readonly language: string } | null,
  meta: { readonly health?: string | null; readonly templates?: readonly (Found | null)[] },
) {
  const { log, messages, fields } = keptLog();
  const asked: unknown[] = [];
  const listed: unknown[] = [];
  const reopened: unknown[] = [];
  const senders = {
    takeProbes: async (given: unknown) => {
      asked.push(given);
      return [due];
    },
    reopen: async (given: unknown) => {
      reopened.push(given);
      return ['c1'];
    },
  };
  const graph = {
    numberInfo: async () =>
      meta.health === null
        ? away
        : ok({
            ...{ id: '1', healthErrors: [] },
            ...(meta.health === undefined ? {} : { canSendMessage: meta.health }),
          }),
    async *listTemplates(filter: unknown) {
      listed.push(filter);
      for (const found of meta.templates ?? []) yield found === null ? away : ok(found as Template);
    },
  };
  const setup = { senders: senders as unknown as SenderStore, graph, log };
  await probeBreakers(setup, '1065');
  expect(asked).toEqual([{ senderId: '1065', pauseMs: 10_800_000 }]);
  return { reopened, listed, messages: messages(), fields: fields() };
}

test.each([
  ['AVAILABLE', true],
  ['LIMITED', true],
  ['BLOCKED', false],
  [undefined, false],
  [null, false],
])('a sender of which Meta says %p: goes on %p', async (health, goesOn) => {
  const { reopened, messages, fields } = await probed(null, health === undefined ? {} : { health });
  expect(reopened).toEqual(goesOn ? [{ senderId: '1065', resume: true }] : []);
  expect(messages).toEqual(goesOn ? ['Meta says that all is well again: resumed'] : []);
  expect(fields).toEqual(goesOn ? [{ template: null, campaigns: ['c1'] }] : []);
});

const approved = { ...WANTED, status: 'APPROVED' };

test.each<[string, readonly (Found | null)[], boolean]>([
  ['approved', [approved], true],
  ['approved, in small letters', [{ ...WANTED, status: 'approved' }], true],
  ['paused', [{ ...WANTED, status: 'PAUSED' }], false],
  ['approved in another language alone', [{ ...approved, language: 'de' }], false],
  ['approved beside another name', [{ ...approved, name: 't2' }], false],
  ['approved, behind one of another language', [{ ...approved, language: 'de' }, approved], true],
  ['unknown to Meta', [], false],
  ['out of reach', [null], false],
])('a template that is %s goes on: %#', async (_, templates, goesOn) => {
  const { reopened, listed } = await probed(WANTED, { templates });
  expect(listed).toEqual([{ name: 't' }]);
  expect(reopened).toEqual(
    goesOn ? [{ senderId: '1065', resume: true, template: WANTED, templateOnly: true }] : [],
  );
});
