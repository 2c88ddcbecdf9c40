/** What doctor says of a number in words of people's language. */
import { expect, test } from '@jest/globals';
import type { GraphPort } from '../../src/core/ports/index.ts';
import type { Ground } from '../../src/diagnosis/ground.ts';
import { metaFindings } from '../../src/diagnosis/meta-findings.ts';

/** What is found of a number of which Meta says this. */
async function numberOf(said: object): Promise<string | undefined> {
  const graph = {
    tokenInfo: async () => ({ ok: true, value: { isValid: true, scopes: [] } }),
    numberInfo: async () => ({ ok: true, value: { id: '106', healthErrors: [], ...said } }),
    callingSettings: async () => ({ ok: true, value: { status: 'ENABLED', restrictions: [] } }),
  } as unknown as GraphPort;
  const ground = {
    withLine: (_senderId: string | undefined, look: (line: GraphPort) => unknown) => look(graph),
    hasCause: false,
  } as unknown as Ground;
  const found = await metaFindings(ground);
  return found.find(({ code }) => code === 'NUMBER_READY')?.message;
}

test.each([
  ['how many people a day', { messagingLimit: 'TIER_2K' }, '2,000 people a day.'],
  ['that there is no limit', { messagingLimit: 'TIER_UNLIMITED' }, 'no daily limit.'],
  ['a tier that is not known as Meta wrote it', { messagingLimit: 'TIER_MANY' }, 'TIER_MANY.'],
  ['of what it is green', { qualityRating: 'GREEN' }, 'quality GREEN.'],
  ['its id where nothing else is told', {}, '106.'],
])('a number says %s', async (_what, said, message) => {
  expect(await numberOf(said)).toBe(message);
});
