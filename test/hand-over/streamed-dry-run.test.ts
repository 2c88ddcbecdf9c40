/** A dry run of a streamed list holds its campaign until it is judged: nothing slow, nothing that fails, comes between. */
import { afterEach, expect, jest, test } from '@jest/globals';
import { setUpWays } from './ways.ts';

const ground = setUpWays();

afterEach(() => {
  jest.restoreAllMocks();
});

test('Meta is asked before the list is read, and what fails there leaves nothing', async () => {
  const { service, rows } = ground;
  const options = { template: 't', language: 'en', skipPreflight: true };
  const { body } = await service.call('POST', '/v1/campaigns', { body: options });
  const held = () => rows('select 1 from requests where campaign_id = $1', [body.id]);
  const whileAsked: unknown[] = [];
  jest.spyOn(service.app, 'graph').mockImplementation(() => {
    const numberInfo = async () => {
      whileAsked.push(...(await held()));
      throw new Error('planted');
    };
    return { ok: true, value: { numberInfo } } as unknown as ReturnType<typeof service.app.graph>;
  });
  const answer = await service.call('POST', `/v1/campaigns/${body.id}/recipients?dryRun=true`, {
    body: '{"to":"+4915133990001"}\n{"to":"+4915133990002"}\n',
    headers: { 'content-type': 'application/x-ndjson' },
  });
  expect(answer.status).toBe(500);
  expect(whileAsked).toEqual([]);
  expect(await held()).toEqual([]);
});
