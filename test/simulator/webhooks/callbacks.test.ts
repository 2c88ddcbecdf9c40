import { describe, expect, it } from '@jest/globals';
import { graph, send } from '../support.ts';
import { person, receive, startTelling } from './receiver.ts';

const TOKEN = 'verify me';

describe('callback URLs', () => {
  it('are asked before they are saved, and the number’s goes before the account’s and the app’s', async () => {
    const { simulator, receiver: app } = await startTelling();
    const [number, account] = [await receive(), await receive()];
    const numberPath = `/v24.0/${simulator.phoneNumberId}`;
    const accountPath = `/v24.0/${simulator.businessAccountId}/subscribed_apps`;
    const tell = async (i: number): Promise<number[]> => {
      await send(simulator, person(i));
      await simulator.untilWebhooksQuiet();
      return [app, account, number].map((r) => r.deliveries.length);
    };
    expect(await tell(1)).toEqual([2, 0, 0]);
    const override = { override_callback_uri: account.url, verify_token: TOKEN };
    expect((await graph(simulator, 'POST', accountPath, override)).body).toEqual({ success: true });
    expect(Object.fromEntries(account.handshakes[0] ?? [])).toEqual({
      'hub.mode': 'subscribe',
      'hub.challenge': expect.stringMatching(/^\d+$/),
      'hub.verify_token': TOKEN,
    });
    expect(await tell(2)).toEqual([2, 2, 0]);
    const configuration = { override_callback_uri: number.url, verify_token: TOKEN };
    const configure = (webhook_configuration: unknown) =>
      graph(simulator, 'POST', numberPath, { webhook_configuration });
    expect((await configure(configuration)).body).toEqual({ success: true });
    expect(await tell(3)).toEqual([2, 2, 2]);
    expect(
      (await graph(simulator, 'GET', `${numberPath}?fields=webhook_configuration`)).body,
    ).toEqual({
      id: simulator.phoneNumberId,
      webhook_configuration: {
        phone_number: number.url,
        whatsapp_business_account: account.url,
        application: app.url,
      },
    });
    expect((await graph(simulator, 'GET', accountPath)).body.data).toMatchObject([
      { override_callback_uri: account.url },
    ]);

    // Templates and accounts are told to the app whatever is set; the settings of a number are not.
    simulator.apply({ set: 'template', name: 't', status: 'PAUSED' }, { kind: 'warn-calling' });
    simulator.apply({ set: 'template', name: 't', status: 'APPROVED' });
    simulator.apply({ set: 'calling', status: 'ENABLED' });
    await simulator.untilWebhooksQuiet();
    expect([app, account, number].map((r) => r.deliveries.length)).toEqual([5, 2, 3]);

    await configure({ override_callback_uri: '', verify_token: '' });
    await graph(simulator, 'POST', accountPath);
    expect(await tell(4)).toEqual([7, 2, 3]);
  });

  it('that do not answer right are not saved', async () => {
    const { simulator } = await startTelling();
    const other = await receive();
    const path = `/v24.0/${simulator.businessAccountId}/subscribed_apps`;
    const save = (url: string, verify_token: string | undefined = TOKEN) =>
      graph(simulator, 'POST', path, { override_callback_uri: url, verify_token });
    other.challengeAnswer = 'something else';
    const wrong = await save(other.url);
    expect([wrong.status, wrong.code, wrong.body.error.message]).toEqual([
      400,
      2200,
      '(#2200) Callback verification failed',
    ]);
    expect((await save('http://127.0.0.1:1/nobody')).code).toBe(2200);
    expect((await save(`${other.url}?${'x'.repeat(200)}`)).code).toBe(100);
    other.challengeAnswer = undefined;
    expect((await save(other.url, '')).code).toBe(100);
    const asked = other.handshakes.length;
    const stranger = await graph(
      simulator,
      'POST',
      path,
      { override_callback_uri: other.url, verify_token: TOKEN },
      'NOT A TOKEN',
    );
    expect([stranger.code, other.handshakes.length]).toEqual([190, asked]);
    expect((await graph(simulator, 'GET', path)).body.data[0]).not.toHaveProperty(
      'override_callback_uri',
    );
    expect((await graph(simulator, 'POST', `/v24.0/${simulator.phoneNumberId}`, {})).code).toBe(
      100,
    );
  });

  it('are silent for an account whose app is unsubscribed', async () => {
    const { simulator, receiver } = await startTelling();
    const path = `/v24.0/${simulator.businessAccountId}/subscribed_apps`;
    expect((await graph(simulator, 'DELETE', path)).body).toEqual({ success: true });
    expect((await graph(simulator, 'GET', path)).body.data).toEqual([]);
    await send(simulator, person(1));
    await simulator.untilWebhooksQuiet();
    expect(receiver.deliveries).toEqual([]);
    await graph(simulator, 'POST', path);
    await send(simulator, person(2));
    await simulator.untilWebhooksQuiet();
    expect(receiver.deliveries).toHaveLength(2);
  });
});
