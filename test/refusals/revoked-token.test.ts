/**
 * By the built program: the token is revoked in the middle. The campaign
 * pauses, and with a new token nobody is lost or doubled.
 */
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { people } from '../cli/workspace.ts';
import { describeOnBothQueues } from '../support/queues.ts';
import {
  expectOneEach,
  IN_FLIGHT,
  LATENCY,
  PEOPLE,
  STOPPED_AT,
  setUpStoppingWorkspace,
  TEMPLATE,
} from './stopping.ts';

describeOnBothQueues('a token that is revoked', (ground) => {
  const workspace = setUpStoppingWorkspace(ground);

  test('a token revoked in the middle, and a new one in its file: no restart, one acceptance each', async () => {
    const simulator = await workspace.useSimulator({ latency: LATENCY });
    const file = await workspace.file('token', `${simulator.token}\n`);
    const env = { WHATSAPP_ACCESS_TOKEN: '', WHATSAPP_ACCESS_TOKEN_FILE: file };
    simulator.schedule([
      { atMessage: STOPPED_AT, change: { set: 'token', action: 'revoke', token: simulator.token } },
    ]);
    const list = await workspace.file('revoked.csv', people(PEOPLE, 100_000));
    const sent = await workspace.run(['send', list, ...TEMPLATE, '--json'], env);
    expect(sent.code).toBe(3);
    expect(sent.json).toMatchObject({
      state: 'paused',
      reason: { by: 'us', scope: 'sender', code: 190 },
      counts: { accepted: STOPPED_AT - 1, rejected: 0, uncertain: 0, sending: 0, queued: 0 },
    });
    expect(sent.json.counts.pending).toBe(PEOPLE - STOPPED_AT + 1);
    expect(sent.stderr).toContain('token');
    const withOld = simulator.stats().posts;
    expect(withOld - STOPPED_AT).toBeLessThanOrEqual(IN_FLIGHT);

    const sender = workspace.start(['sender'], env);
    await sender.untilLine(/Sending for/);
    expect((await workspace.run(['senders', '--json'])).json.senders).toMatchObject([
      { breaker: { code: 190 } },
    ]);
    simulator.apply({ set: 'token', action: 'add', token: 'NEW_TOKEN' });
    // As deployments replace secrets: a new file in the place of the old one.
    const fresh = join(workspace.folder, 'token.new');
    await writeFile(fresh, 'NEW_TOKEN\n');
    await rename(fresh, file);
    expect(simulator.stats().posts).toBe(withOld);
    expect((await workspace.run(['campaign', 'resume', sent.json.id], env)).code).toBe(0);
    expect(await workspace.untilCompleted(sent.json.id)).toMatchObject({
      state: 'completed',
      counts: { accepted: PEOPLE, rejected: 0, uncertain: 0 },
    });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expectOneEach(simulator, 100_000);
  });
});
