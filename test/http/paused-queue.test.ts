/** A queue that somebody paused in the dashboard: answers say so, and `resume` goes on. */
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { describeOnBothQueues } from '../support/queues.ts';
import { people, type Service, startService } from './support.ts';

describeOnBothQueues('a queue paused in the dashboard', (ground) => {
  // A describe of its own, so that it is closed before what it stands on.
  describe('over HTTP', () => {
    let service: Service;

    beforeAll(async () => {
      service = await startService(ground);
    });

    afterAll(async () => {
      await service?.close();
    });

    it('is said by the list and by the campaign, and undone by resume', async () => {
      const body = { template: 't', language: 'en', recipients: people(3) };
      const made = await service.call('POST', '/v1/campaigns', { body });
      const path = `/v1/campaigns/${made.body.id}`;
      const paused = async () =>
        [await service.call('GET', '/v1/campaigns'), await service.call('GET', path)].map(
          (answer) => answer.body.pausedQueues,
        );
      expect(await paused()).toEqual([[], []]);

      const senderId = service.simulator.phoneNumberId;
      await service.app.dashboard()[0]?.pause();
      expect(await paused()).toEqual([[senderId], [senderId]]);

      const { queue } = service.app;
      jest.spyOn(queue, 'resume').mockRejectedValueOnce(new Error('no answer'));
      const stuck = await service.call('POST', `${path}/resume`);
      expect(stuck.body).toMatchObject({ state: 'running', stuckQueues: [senderId] });
      expect(await paused()).toEqual([[senderId], [senderId]]);

      const resumed = await service.call('POST', `${path}/resume`);
      expect(resumed).toMatchObject({ status: 200, body: { state: 'running', stuckQueues: [] } });
      expect(await paused()).toEqual([[], []]);

      // Whoever hands people over meanwhile is told at once.
      await service.app.dashboard()[0]?.pause();
      const more = { ...body, recipients: people(3, 20) };
      const warned = await service.call('POST', '/v1/campaigns', { body: more });
      expect(warned.body.warnings).toContainEqual(
        `The queue of sender ${senderId} is paused in the dashboard: nobody is asked until POST /v1/campaigns/${warned.body.id}/resume.`,
      );
      const one = { template: 't', language: 'en', to: people(1, 30)[0]?.to, parameters: ['Ann'] };
      const asked = await service.call('POST', '/v1/requests?wait=1', { body: one });
      expect(asked).toMatchObject({ status: 202, body: { waits_for: 'paused-queue' } });
      await service.call('POST', `/v1/campaigns/${warned.body.id}/cancel`);
      await service.call('POST', `/v1/campaigns/${asked.body.id}/cancel`);
      await service.call('POST', `${path}/resume`);

      // Of a campaign that is over nothing is said: it waits for nobody.
      await service.app.dashboard()[0]?.pause();
      await service.call('POST', `${path}/cancel`);
      expect(await paused()).toEqual([[], []]);
    });
  });
});
