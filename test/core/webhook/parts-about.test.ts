import { describe, expect, it } from '@jest/globals';
import { partsAbout, tracesOfRequest } from '../../../src/core/webhook/parts-about.ts';

const traces = { id: '77', wamid: 'wamid.A/B=', answerKey: 'wamid.answer' };

const body = (...values: object[]) =>
  JSON.stringify({
    entry: [{ id: '1', changes: values.map((value) => ({ field: 'messages', value })) }],
  });

const kinds = (text: string) =>
  partsAbout(text, traces).map(({ kind, raw }) => [kind, JSON.parse(raw)]);

describe('the parts of a delivery that are about a request', () => {
  it.each([
    ['its message', { statuses: [{ id: 'wamid.A/B=', status: 'read' }] }],
    ['what was sent along', { statuses: [{ id: 'x', biz_opaque_callback_data: '77.2' }] }],
    ['an answer to its message', { messages: [{ id: 'y', context: { id: 'wamid.A/B=' } }] }],
    ['the answer that was taken as its own', { messages: [{ id: 'wamid.answer' }] }],
  ])('name %s', (_what, value) => {
    const [[kind, [part]] = ['', []]] = Object.entries(value);
    expect(kinds(body(value))).toEqual([[kind, part]]);
  });

  it('are none of others: neither a neighbour in the same delivery nor an id that begins alike', () => {
    const statuses = [
      { id: 'wamid.A/B=', status: 'read' },
      { id: 'wamid.A/B=C', status: 'read' },
      { id: 'wamid.other', biz_opaque_callback_data: '770.1' },
    ];
    expect(kinds(body({ statuses, contacts: [{ wa_id: '1650' }] }))).toEqual([
      ['statuses', statuses[0]],
    ]);
  });

  it('keep the digits of large numbers', () => {
    const text = body({ statuses: [{ id: 'wamid.A/B=' }] }).replace(
      '{"id":"wamid',
      '{"template":12345678901234567890,"id":"wamid',
    );
    expect(partsAbout(text, traces)[0]?.raw).toContain('"template": 12345678901234567890');
  });

  it('name what stands in a list in them, beside what is of others', () => {
    const status = {
      errors: [{ code: 1 }, { of: ['wamid.other', 'wamid.A/B='] }],
      pricing: null,
      biz_opaque_callback_data: 77.2,
    };
    expect(kinds(body({ statuses: [null, 5, status] }))).toEqual([['statuses', status]]);
  });

  it('are shown as Meta wrote them, over several lines, with the field they are of', () => {
    const found = (change: object) =>
      partsAbout(JSON.stringify({ entry: [{ changes: [change] }] }), traces);
    const value = { calls: [{ id: 'wamid.answer' }] };
    const part = { kind: 'calls', raw: '{\n  "id": "wamid.answer"\n}' };
    expect(found({ field: 'calls', value })).toEqual([{ field: 'calls', ...part }]);
    expect(found({ value })).toEqual([{ field: '', ...part }]);
  });

  it.each([
    ['of no entries', {}],
    ['whose entries are no list', { entry: { changes: [] } }],
    ['whose entries are nothing', { entry: [null, 5, 'x'] }],
    ['whose changes are no list', { entry: [{ changes: { value: {} } }] }],
    ['of changes without a value', { entry: [{ changes: [{ field: 'messages' }, null] }] }],
    ['of changes whose value is a list', { entry: [{ changes: [{ value: [['wamid.answer']] }] }] }],
    ['of what is no list', { entry: [{ changes: [{ value: { one: { id: 'wamid.answer' } } }] }] }],
  ])('are none of a body %s', (_what, shape) => {
    expect(partsAbout(JSON.stringify(shape), traces)).toEqual([]);
  });

  it('are none by an id that is empty, or by what was sent along for another', () => {
    const nameless = { id: '77', wamid: '', answerKey: '' };
    const statuses = [
      { id: '' },
      { id: 'x', biz_opaque_callback_data: '77' },
      { id: 'x', biz_opaque_callback_data: '1.77.' },
    ];
    expect(partsAbout(body({ statuses }), nameless)).toEqual([]);
    expect(tracesOfRequest(nameless)).toEqual(['"77.']);
  });

  it('are none of a text that is no JSON, or of a body that was emptied', () => {
    expect([...partsAbout('{', traces), ...partsAbout('{}', traces)]).toEqual([]);
  });

  it('are found by texts that stand in such a body, slashes escaped or not', () => {
    const text = body({ statuses: [{ id: 'wamid.A/B=' }] });
    const holds = (of: string) => tracesOfRequest(traces).some((trace) => of.includes(trace));
    expect([holds(text), holds(text.replaceAll('/', '\\/')), holds('{}')]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('have no trace of another: each is a whole text of the body', () => {
    expect(tracesOfRequest(traces)).toEqual([
      '"77.',
      '"wamid.A/B="',
      '"wamid.A\\/B="',
      '"wamid.answer"',
    ]);
  });

  it('of a request without a message are found by what was sent along alone', () => {
    expect(tracesOfRequest({ id: '7', wamid: null, answerKey: null })).toEqual(['"7.']);
  });
});
