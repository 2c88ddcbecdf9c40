/** A page that shows counts alone looks for no events, and lets none be written. */
import { expect, test } from '@jest/globals';
import type { CampaignProgress } from '../../src/core/ports/index.ts';
import { eventStreams, type Piece } from '../../src/events/stream.ts';
import { systemClock } from '../../src/telemetry/clock.ts';
import { keptLog } from '../campaign/support.ts';

test('of a campaign that is watched by its counts alone nobody asks for events', async () => {
  const asked: string[] = [];
  const ask = (what: string) => async () => {
    asked.push(what);
    return [] as never;
  };
  let looks = 0;
  const streams = eventStreams({
    clock: systemClock,
    log: keptLog().log,
    events: { after: ask('after'), lastPos: ask('lastPos'), subscribe: ask('subscribe') },
    progress: async () => {
      looks += 1;
      return { state: 'running', later: looks } as unknown as CampaignProgress;
    },
  });
  const over = new AbortController();
  const pieces: Piece[] = [];
  const reading = streams.read({ campaignId: 'c', onlyProgress: true, signal: over.signal });
  for await (const piece of reading) {
    pieces.push(piece);
    if (pieces.length === 2) over.abort();
  }
  expect(pieces.map(({ kind }) => kind)).toEqual(['progress', 'progress']);
  expect(asked).toEqual([]);
  streams.close();
});
