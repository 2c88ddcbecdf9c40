/** A refused row is named by the line on which it stands in its file, where that is known. */
import { describe, expect, it } from '@jest/globals';
import { fileLinesOf } from '../../src/console/list/file-lines.ts';
import { readHead } from '../../src/console/list/read-head.ts';
import { encoded, read } from '../intake/support.ts';

async function linesOf(
  text: string,
  rows: readonly number[],
  p: Parameters<typeof fileLinesOf>[3] & { encoding?: Parameters<typeof encoded>[1] } = {},
) {
  const list = new Blob([new Uint8Array(encoded(text, p.encoding))]);
  return Object.fromEntries(await fileLinesOf(list, await readHead(list), rows, p));
}

describe('the line of a row', () => {
  it('is one more than the row, below a header', async () => {
    expect(await linesOf('to;1\n+1;A\n+2;B\nx;C\n', [1, 3])).toEqual({ 1: 2, 3: 4 });
    expect(await linesOf('to;1\r\n+1;A\r\nx;C', [2], { encoding: 'utf16le' })).toEqual({ 2: 3 });
    expect(await linesOf('to\r+1\rx\r', [2])).toEqual({ 2: 3 });
  });

  it('has the empty lines before it, which are no rows', async () => {
    const text = '\n;;\nto;1\n\n+16505550101;"A"\n;\nx;C\n';
    expect(await linesOf(text, [1, 2])).toEqual({ 1: 5, 2: 7 });
    expect((await read(text)).refused).toMatchObject([{ row: 2 }]);
  });

  it('is the row itself where there is no header, or one of ours', async () => {
    expect(await linesOf('+1\n+2\n', [2], { hasHeader: false })).toEqual({ 2: 2 });
    expect(await linesOf('"to"\n+1\n+2\n', [2], { added: 1 })).toEqual({ 2: 2 });
  });

  it('is not told where a cell goes on over lines, a line names the delimiter, or there is none', async () => {
    expect(await linesOf('to;1\n+1;A\n+2;"B\nb"\nx;C\n', [1, 2, 3])).toEqual({ 1: 2 });
    expect(await linesOf('to;"1\n2"\nx;C\n', [1])).toEqual({});
    expect(await linesOf('sep=;\nto;1\nx;C\n', [1])).toEqual({});
    expect(await linesOf('{"to":"x"}\n', [1])).toEqual({});
    expect(await linesOf('to;1\n+1;A\n', [9])).toEqual({});
  });
});
