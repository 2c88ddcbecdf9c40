import { describe, expect, test } from '@jest/globals';
import { awaitReview, pauseBefore } from '../../src/cli/commands/review.ts';
import type { GraphFailure, Template } from '../../src/core/graph.ts';
import { err, ok, type Result } from '../../src/core/result.ts';
import { remembering } from './support.ts';

const away: GraphFailure = { kind: 'unreachable', detail: 'connect ECONNREFUSED' };

function template(status: string, more: Partial<Template> = {}): Result<Template, GraphFailure> {
  const base = { id: '1', name: 't', language: 'en', category: 'UTILITY', components: [] };
  return ok({ ...base, status, ...more });
}

function refused(code: number): Result<Template, GraphFailure> {
  return err({ kind: 'refused', error: { code, message: 'no' } });
}

async function review(answers: readonly Result<Template, GraphFailure>[]) {
  const left = [...answers];
  const pauses: number[] = [];
  const result = await awaitReview(
    { getTemplate: async () => left.shift() ?? template('APPROVED') },
    { id: '1' },
    remembering().terminal,
    async (ms) => void pauses.push(ms),
  );
  return { result, looks: pauses.length };
}

describe('waiting for the review', () => {
  test('ends when the template is approved', async () => {
    const { result, looks } = await review([template('PENDING'), template('PENDING')]);
    expect(result.ok).toBe(true);
    expect(looks).toBe(3);
  });

  test('ends when it is rejected, with the reason', async () => {
    const no = template('REJECTED', { rejectedReason: 'INCORRECT_CATEGORY' });
    const { result } = await review([template('PENDING'), no]);
    expect(result).toMatchObject({ ok: false, error: { code: 'TEMPLATE_REJECTED' } });
    expect(JSON.stringify(result)).toContain('INCORRECT_CATEGORY');
  });

  test('ends when it is paused or gone: no waiting helps', async () => {
    const { result } = await review([template('PAUSED')]);
    expect(result).toMatchObject({ ok: false, error: { code: 'TEMPLATE_NOT_APPROVED' } });
  });

  test('outlives a hiccup and a rate limit, not a server that is gone or a dead token', async () => {
    expect((await review([err(away), refused(80_008), err(away)])).result.ok).toBe(true);
    const gone = await review(Array.from({ length: 9 }, () => err(away)));
    expect(gone.result).toMatchObject({ ok: false, error: { code: 'GRAPH_UNREACHABLE' } });
    expect(gone.looks).toBe(5);
    const dead = await review([refused(190)]);
    expect(dead.result).toMatchObject({ ok: false, error: { code: 'TOKEN_REFUSED' } });
    expect(dead.looks).toBe(1);
  });

  test('an hour of waiting stays well under the 200 calls that Meta allows', () => {
    let at = 0;
    let looks = 0;
    for (; at < 3_600_000; looks += 1) at += pauseBefore(looks);
    expect(looks).toBeLessThan(150);
  });
});
