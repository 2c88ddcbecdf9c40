/** Whether a list fits the campaign that waits for it. */
import { describe, expect, test } from '@jest/globals';
import { columnsOf, columnsProblem, neededColumns } from '../../src/campaign/waiting-columns.ts';
import type { CampaignSummary } from '../../src/core/campaign.ts';

const waiting = (more: Partial<CampaignSummary>) =>
  ({
    ...{ template: 't', language: 'en', parameterFormat: 'positional', headerParameters: [] },
    bodyParameters: ['1', '2'],
    ...more,
  }) as CampaignSummary;
const headed = waiting({ headerParameters: ['header'] });
const unlooked = (parameterFormat: 'positional' | 'named') =>
  waiting({ parameterFormat, bodyParameters: null });

test.each([
  ['as the template needs them', headed, ['header', '1', '2']],
  [
    'and of a template that was not looked at, positions',
    unlooked('positional'),
    ['header', '1', '2'],
  ],
  ['or all of them', unlooked('named'), ['city', 'header', '1', '2', 'email']],
])('of the columns are needed: %s', (_what, campaign, needed) => {
  expect(neededColumns(campaign, ['city', 'header', '1', '2', 'email'])).toEqual(needed);
});

test('of a template that was not looked at the list says what fills it, positions in order', () => {
  const columns = ['2', 'header', '1'];
  const kept = { headerParameters: ['header'], bodyParameters: ['1', '2'] };
  expect(columnsOf(unlooked('positional'), columns)).toEqual(kept);
  expect(columnsOf(headed, columns)).toBeUndefined();
});

describe('columns that do not fit are told', () => {
  test.each<[string, CampaignSummary, readonly string[], string | undefined]>([
    ['in any order', headed, ['2', 'header', '1'], undefined],
    ['one too few', waiting({}), ['1'], 'the list lacks "2".'],
    ['the header', headed, ['1', '2'], 'the list lacks "header".'],
    ['one too many', waiting({}), ['1', '2', '3'], 'the template has no variable for "3".'],
    ['both', waiting({}), ['1', '3'], 'the list lacks "2"; the template has no variable for "3".'],
    ['names for positions', unlooked('positional'), ['1', 'name'], 'made for positional'],
    ['positions for names', unlooked('named'), ['header', '1'], 'made for named'],
    ['positions', unlooked('positional'), ['header_1', '1'], undefined],
    ['names', unlooked('named'), ['name', '1'], undefined],
    ['a header alone, whatever the format', unlooked('named'), ['header'], undefined],
  ])('%s', (_what, campaign, columns, said) => {
    const problem = columnsProblem(campaign, columns);
    if (said === undefined) expect(problem).toBeUndefined();
    else
      expect(problem).toMatchObject({
        code: 'TEMPLATE_COLUMNS',
        message: expect.stringContaining(said),
      });
  });
});
