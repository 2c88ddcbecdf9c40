import { describe, expect, test } from '@jest/globals';
import { fitWithoutPreflight, graphProblem, preflight } from '../../src/campaign/preflight.ts';
import type { GraphFailure, Template } from '../../src/core/graph.ts';
import type { Result } from '../../src/core/result.ts';
import { err, ok } from '../../src/core/result.ts';
import { VERDICT_FAMILIES } from '../../src/core/verdicts/verdicts.ts';

const ASKS = { type: 'call_permission_request' };

function template(more: Partial<Template> = {}): Template {
  return {
    id: '1',
    name: 't',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [{ type: 'BODY', text: 'Hello {{1}}' }, ASKS],
    ...more,
  };
}

function look(
  found: readonly (Template | GraphFailure)[],
  more: { columns?: readonly string[]; language?: string; ignoreExtra?: boolean } = {
    columns: ['1'],
  },
) {
  const graph = {
    async *listTemplates(): AsyncGenerator<Result<Template, GraphFailure>> {
      for (const one of found) yield 'kind' in one ? err(one) : ok(one);
    },
  };
  return preflight(graph, { template: 't', language: 'en', ...more });
}

describe('preflight passes', () => {
  test('an approved template whose variables the list fills', async () => {
    expect(await look([template()])).toEqual({
      ok: true,
      value: {
        language: 'en',
        languages: ['en'],
        parameterFormat: 'positional',
        headerParameters: [],
        bodyParameters: ['1'],
        warnings: [],
      },
    });
  });

  test('with the template’s own variables where no columns are given', async () => {
    const named = template({
      parameterFormat: 'named',
      components: [{ type: 'BODY', text: 'Hello {{first_name}}' }, ASKS],
    });
    expect(await look([named], {})).toMatchObject({
      value: { parameterFormat: 'named', bodyParameters: ['first_name'] },
    });
  });

  test('a template whose name only begins alike is not taken for it', async () => {
    expect(await look([template({ name: 't2', status: 'REJECTED' }), template()])).toMatchObject({
      ok: true,
    });
  });

  test.each(['pt-br', 'PT_BR', 'pt_br ', ' pt-BR', 'pt_BR'])(
    'language spelt %j, and gives it as the template spells it',
    async (language) => {
      const found = [template({ language: 'pt_PT' }), template({ language: 'pt_BR' })];
      expect(await look(found, { columns: ['1'], language })).toMatchObject({
        value: { language: 'pt_BR', languages: ['pt_PT', 'pt_BR'] },
      });
    },
  );

  test('columns that no variable needs, where they are to be left out', async () => {
    const columns = ['city', '1', 'email'];
    expect(await look([template()], { columns, ignoreExtra: true })).toMatchObject({
      value: { bodyParameters: ['1'] },
    });
  });

  test('and warns of a category that Meta announces', async () => {
    const passed = await look([template({ correctCategory: 'MARKETING' })]);
    expect(passed.ok && passed.value.warnings).toEqual([
      expect.stringContaining('will become MARKETING'),
    ]);
    const same = await look([template({ correctCategory: 'UTILITY', status: 'approved' })]);
    expect(same).toMatchObject({ value: { warnings: [] } });
  });
});

describe('preflight fails, each in its own message', () => {
  const FAILURES: [
    string,
    readonly (Template | GraphFailure)[],
    { columns?: readonly string[]; language?: string },
    string,
    string,
  ][] = [
    ['an unknown template', [], {}, 'TEMPLATE_NOT_FOUND', 'There is no template "t".'],
    [
      'another language',
      [template({ language: 'en_US' }), template({ language: 'de' })],
      {},
      'TEMPLATE_NOT_FOUND',
      'does not exist in language "en"',
    ],
    ['not approved', [template({ status: 'PENDING' })], {}, 'TEMPLATE_NOT_APPROVED', 'is PENDING'],
    [
      'rejected, with the reason',
      [template({ status: 'REJECTED', rejectedReason: 'INCORRECT_CATEGORY' })],
      {},
      'TEMPLATE_NOT_APPROVED',
      'INCORRECT_CATEGORY',
    ],
    [
      'without the component',
      [template({ components: [{ type: 'BODY', text: 'Hello' }] })],
      {},
      'TEMPLATE_WITHOUT_COMPONENT',
      'asks for nothing',
    ],
    ['a column too few', [template()], { columns: [] }, 'TEMPLATE_COLUMNS', '1'],
    [
      'a dead token',
      [{ kind: 'refused', error: { code: 190, message: 'expired' } }],
      {},
      'TOKEN_REFUSED',
      '190: expired',
    ],
    [
      'another refusal',
      [{ kind: 'refused', error: { code: 100, message: 'no', details: 'such id' } }],
      {},
      'GRAPH_REFUSED',
      '100: no: such id',
    ],
    [
      'a server out of reach',
      [{ kind: 'unreachable', detail: 'ECONNREFUSED' }],
      {},
      'GRAPH_UNREACHABLE',
      'ECONNREFUSED',
    ],
    [
      'a server without that route',
      [{ kind: 'unreachable', detail: 'HTTP 404', notFound: true }],
      {},
      'GRAPH_REFUSED',
      'no such route',
    ],
  ];
  test.each(FAILURES)('%s', async (_, found, more, code, message) => {
    const failed = await look(found, { columns: ['1'], ...more });
    expect(failed).toMatchObject({ ok: false, error: { code } });
    expect(!failed.ok && failed.error.message).toContain(message);
    expect(!failed.ok && failed.error.next).toBeTruthy();
  });

  test('a missing language names those that exist', async () => {
    const failed = await look([template({ language: 'en_US' }), template({ language: 'de' })]);
    expect(!failed.ok && failed.error.next).toContain('en_US, de');
  });
});

describe('what Meta refuses before a campaign is there', () => {
  const refused = (code: number) =>
    graphProblem({ kind: 'refused', error: { code, message: 'm' } });

  test('is the token’s fault by these codes alone', () => {
    const codes = [0, 10, 190, 200, 299];
    expect(codes.map((code) => refused(code).code)).toEqual(codes.map(() => 'TOKEN_REFUSED'));
    const others = [1, 100, 199, 300];
    expect(others.map((code) => refused(code).code)).toEqual(others.map(() => 'GRAPH_REFUSED'));
  });

  test('never says that a campaign is to be resumed', () => {
    const codes = VERDICT_FAMILIES.flatMap(({ rules }) => rules.map(({ code }) => code));
    const said = codes.map((code) => refused(code).next ?? '');
    expect(said.filter((next) => next.includes(', then resume'))).toEqual([]);
  });
});

describe('without a preflight the columns tell', () => {
  test.each([
    [['2', '1'], 'positional', [], ['1', '2']],
    [['10', '9'], 'positional', [], ['9', '10']],
    [['first_name', 'order'], 'named', [], ['first_name', 'order']],
    [['header', '1'], 'positional', ['header'], ['1']],
    [['header_1', '1'], 'positional', ['header_1'], ['1']],
    [['1', 'name'], 'named', [], ['1', 'name']],
    [[], 'positional', [], []],
  ] as const)('%j: %s', (columns, parameterFormat, headerParameters, bodyParameters) => {
    expect(fitWithoutPreflight({ language: 'en', columns })).toEqual({
      language: 'en',
      parameterFormat,
      headerParameters,
      bodyParameters,
      warnings: [],
    });
  });

  test('where the others are left out, positions are all that is needed', () => {
    const columns = ['2', 'name', '1'];
    expect(fitWithoutPreflight({ language: 'en', columns, ignoreExtra: true })).toMatchObject({
      parameterFormat: 'positional',
      bodyParameters: ['1', '2'],
    });
  });
});
