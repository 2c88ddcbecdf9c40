import { describe, expect, test } from '@jest/globals';
import { read } from './support.ts';

const optOuts = { optOuts: true };
const [a, b] = ['+16505551234', '+491511234567'];

describe('bare numbers without a header', () => {
  test.each(['\n', '\r\n', '\r'])('are read whatever ends the lines: %j', async (end) => {
    for (const sizes of [[1], [13], [14], [1_000]]) {
      const list = await read(`${end}${a}${end}(650) 555-1235${end}${b}${end}`, {
        ...optOuts,
        sizes,
      });
      expect(list.recipients.map((r) => [r.row, r.to])).toEqual([
        [1, a],
        [3, b],
      ]);
      expect(list.refused).toMatchObject([{ row: 2, column: 'to', value: '(650) 555-1235' }]);
    }
  });

  test('are found out though the first of them is bad', async () => {
    const list = await read(`12\n${a}`, optOuts);
    expect(list.recipients.map((r) => r.to)).toEqual([a]);
    expect(list.refused).toMatchObject([{ row: 1, value: '12' }]);
  });

  test('are no list of people to ask', async () => {
    expect(await read(`${a}\n${b}\n`)).toMatchObject({ problem: 'LIST_UNREADABLE' });
  });
});

describe('of a list of opt-outs', () => {
  test('only number and reason count: nothing else can cost a person', async () => {
    const list = await read(
      `to,1,language,not_before,not_after,Reason\n${a},,?,soon,\u0001,  said\u0000so \n${b},\t,,,,\n`,
      optOuts,
    );
    expect(list.refused).toEqual([]);
    expect(list.recipients).toEqual([
      { row: 1, to: a, parameters: { reason: 'said\u2400so' } },
      { row: 2, to: b, parameters: {} },
    ]);
  });

  test('objects need not be alike', async () => {
    const list = await read(
      `{"to":"${a}","x":{"y":1},"reason":7}\n{"phone":"${b}","language":false}\n{"x":1}\n`,
      optOuts,
    );
    expect(list.recipients).toEqual([
      { row: 1, to: a, parameters: { reason: '7' } },
      { row: 2, to: b, parameters: {} },
    ]);
    expect(list.refused).toMatchObject([{ row: 3, column: 'to', code: 'PHONE_EMPTY' }]);
  });
});
