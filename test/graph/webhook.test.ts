import { describe, expect, test } from '@jest/globals';
import { http } from './servers.ts';
import { createBench } from './support.ts';

const { setUp } = createBench();
const TARGET = { url: 'https://calls.example.com/webhooks/whatsapp', verifyToken: 'a-long-word' };

describe('webhooks', () => {
  test('the app is subscribed to the account, with a URL for the account or without', async () => {
    const { server, client } = await setUp((s) => s.write(http(200, { success: true })));
    expect(await client.subscribeApp()).toEqual({ ok: true, value: undefined });
    expect(await client.subscribeApp(TARGET)).toEqual({ ok: true, value: undefined });
    const [bare, whole] = server.requests;
    expect(bare).toMatchObject({ method: 'POST', path: '/v24.0/4711/subscribed_apps', body: '' });
    expect(JSON.parse(whole?.body ?? '')).toEqual({
      override_callback_uri: TARGET.url,
      verify_token: TARGET.verifyToken,
    });
  });

  test('a URL of the number is set, and taken off by an empty one', async () => {
    const { server, client } = await setUp((s) => s.write(http(200, { success: true })));
    await client.setWebhookOverride(TARGET);
    await client.setWebhookOverride(undefined);
    expect(server.requests.map(({ path }) => path)).toEqual([
      ...['/v24.0/106540352242922', '/v24.0/106540352242922'],
    ]);
    expect(server.requests.map(({ body }) => JSON.parse(body))).toEqual([
      {
        webhook_configuration: {
          override_callback_uri: TARGET.url,
          verify_token: TARGET.verifyToken,
        },
      },
      { webhook_configuration: { override_callback_uri: '' } },
    ]);
  });

  test('what is set is read; an empty URL is none', async () => {
    const webhook_configuration = { phone_number: '', application: 'https://app.example.com/' };
    const { server, client } = await setUp((s) => s.write(http(200, { webhook_configuration })));
    expect(await client.readWebhook()).toEqual({
      ok: true,
      value: { app: 'https://app.example.com/' },
    });
    expect(server.requests[0]?.path).toBe('/v24.0/106540352242922?fields=webhook_configuration');
  });

  test('the verify token is in no error, though Meta quotes it', async () => {
    const message = `Callback verification failed for ${TARGET.verifyToken}`;
    const error = { code: 2200, message, error_user_msg: message };
    const { client } = await setUp((s) => s.write(http(400, { error })));
    for (const result of [
      await client.subscribeApp(TARGET),
      await client.setWebhookOverride(TARGET),
    ]) {
      expect(result).toMatchObject({ ok: false, error: { error: { code: 2200 } } });
      expect(JSON.stringify(result)).not.toContain(TARGET.verifyToken);
    }
  });

  test('without an account nothing is subscribed', async () => {
    const { server, client } = await setUp('', { businessAccountId: undefined as never });
    expect(await client.subscribeApp()).toMatchObject({ ok: false });
    expect(server.requests).toHaveLength(0);
  });
});

test('people are asked about by digits, or by their user id', async () => {
  const { server, client } = await setUp((s) =>
    s.write(http(200, { permission: { status: 'permanent' } })),
  );
  await client.callPermission('+16505551234');
  await client.callPermission('US.13491');
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/v24.0/106540352242922/call_permissions?user_wa_id=16505551234',
    '/v24.0/106540352242922/call_permissions?recipient=US.13491',
  ]);
});
