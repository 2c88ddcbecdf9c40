import { describe, expect, it } from '@jest/globals';
import { rememberedMeta } from '../../src/campaign/remembered-meta.ts';
import type { Template } from '../../src/core/graph.ts';
import { err, ok } from '../../src/core/result.ts';

const template = (status: string): Template =>
  ({ id: '1', name: 't', language: 'en', status, category: 'UTILITY', components: [] }) as Template;

/** A line that counts what it is asked, and a clock by hand. */
function line(answers: { status?: string; number?: 'away' } = {}) {
  const asked = { templates: 0, number: 0 };
  let now = 0;
  const meta = rememberedMeta(
    {
      async *listTemplates() {
        asked.templates += 1;
        if (answers.status !== undefined) yield ok(template(answers.status));
      },
      async numberInfo() {
        asked.number += 1;
        return answers.number === 'away'
          ? err({ kind: 'unreachable', detail: 'gone' } as const)
          : ok({ displayPhoneNumber: '+1' } as never);
      },
    },
    () => now,
  );
  const list = async (name = 't') => {
    for await (const _ of meta.listTemplates({ name }));
  };
  return { asked, answers, meta, list, wait: (ms: number) => (now += ms) };
}

describe('what Meta said', () => {
  it('is asked once by many at once, and again after ten seconds', async () => {
    const { asked, meta, list, wait } = line({ status: 'APPROVED' });
    await Promise.all(Array.from({ length: 20 }, () => Promise.all([list(), meta.numberInfo()])));
    expect(asked).toEqual({ templates: 1, number: 1 });
    wait(9_999);
    await list();
    expect(asked.templates).toBe(1);
    wait(1);
    await Promise.all([list(), meta.numberInfo()]);
    expect(asked).toEqual({ templates: 2, number: 2 });
  });

  it('of another template is another question', async () => {
    const { asked, list } = line({ status: 'APPROVED' });
    await list('a');
    await list('b');
    expect(asked.templates).toBe(2);
  });

  it.each([{ status: 'PENDING' }, {}, { status: 'PENDING', number: 'away' as const }])(
    'is asked anew where it was no: %j',
    async (answers) => {
      const { asked, meta, list } = line(answers);
      await list();
      await list();
      expect(asked.templates).toBe(2);
      await meta.numberInfo();
      await meta.numberInfo();
      expect(asked.number).toBe('number' in answers ? 2 : 1);
    },
  );
});
