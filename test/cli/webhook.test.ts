/** Where Meta sends webhooks, set against a server that keeps what it is told as Meta does. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { setUpWorkspace } from './workspace.ts';

const URL_ = 'https://calls.example.com/webhooks/whatsapp';
const WORD = 'our-secret-verify-word';
const NUMBER = '106540352242922';
const ACCOUNT = '102290129340398';

/** What the server keeps. */
const set: { number?: string; account?: string; subscribed: number } = { subscribed: 0 };
let server: Server | undefined;
let base = '';

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = text === '' ? undefined : JSON.parse(text);
    const answer = (status: number, value: object) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const path = new URL(request.url ?? '', 'http://x').pathname.replace(/^\/v[\d.]+/, '');
    const wrong = (given?: { verify_token?: string }) =>
      given?.verify_token !== undefined && given.verify_token !== WORD;
    const told = body?.webhook_configuration ?? body;
    if (wrong(told)) {
      const message = `The URL did not answer the challenge for ${told.verify_token}`;
      return answer(400, { error: { code: 2200, message } });
    }
    if (request.method === 'POST' && path === `/${ACCOUNT}/subscribed_apps`) {
      set.subscribed += 1;
      set.account = body?.override_callback_uri ?? '';
      return answer(200, { success: true });
    }
    if (path !== `/${NUMBER}`) return answer(404, {});
    if (request.method === 'POST') {
      set.number = told.override_callback_uri;
      return answer(200, { success: true });
    }
    const webhook_configuration = {
      ...{ phone_number: set.number, whatsapp_business_account: set.account },
      application: 'https://app.example.com/hook',
    };
    return answer(200, { id: NUMBER, webhook_configuration });
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => new Promise((resolve) => server?.close(resolve)));
beforeEach(() => {
  Object.assign(set, { number: '', account: '', subscribed: 0 });
});

const workspace = setUpWorkspace(() => ({
  ...{ GRAPH_BASE_URL: base, WHATSAPP_PHONE_NUMBER_ID: NUMBER, WHATSAPP_APP_SECRET: 'secret' },
  ...{ WHATSAPP_BUSINESS_ACCOUNT_ID: ACCOUNT, WHATSAPP_WEBHOOK_VERIFY_TOKEN: WORD },
}));
const webhook = (args: readonly string[], env = {}) =>
  workspace.run(['webhook', ...args, '--json'], env);
const APP = 'https://app.example.com/hook';

describe('callpermit webhook', () => {
  test('setup subscribes the app, sets the URL of the number, and says what is left to do', async () => {
    const done = await webhook(['setup', '--url', URL_]);
    expect(done).toMatchObject({
      code: 0,
      json: {
        ...{ url: URL_, on: 'number', webhook: { number: URL_, account: null, app: APP } },
        fields: { here: expect.arrayContaining(['messages', 'calls']) },
      },
    });
    expect(set).toMatchObject({ number: URL_, subscribed: 1 });
    expect(done.stderr).toContain('message_template_status_update');
    expect(done.stderr).toContain("only sent to the app's own URL");
    expect(done.stdout + done.stderr).not.toContain(WORD);
  });

  test('setup of a number leaves the URL of its account as it is', async () => {
    const account = 'https://other.example.com/hook';
    set.account = account;
    const done = await webhook(['setup', '--url', URL_, '--number']);
    expect(done.json.webhook).toEqual({ number: URL_, account, app: APP });
  });

  test('setup --account sets it for all its numbers; remove takes it off again', async () => {
    const done = await webhook(['setup', '--url', URL_, '--account']);
    expect(done.json).toMatchObject({ on: 'account', webhook: { number: null, account: URL_ } });
    const removed = await webhook(['remove', '--account']);
    expect(removed.json.webhook).toEqual({ number: null, account: null, app: APP });
  });

  test('show says where answers go; remove takes the URL of the number off', async () => {
    await webhook(['setup', '--url', URL_]);
    const shown = await workspace.run(['webhook', 'show']);
    expect(shown.stdout).toMatch(new RegExp(`number +${URL_} +answers go here`));
    await webhook(['remove']);
    const after = await workspace.run(['webhook', 'show']);
    expect(after.stdout).toMatch(new RegExp(`app +${APP} +answers go here`));
  });

  test('a word that the receiver does not know is told, without the word', async () => {
    const refused = await webhook(['setup', '--url', URL_], {
      WHATSAPP_WEBHOOK_VERIFY_TOKEN: 'another-word',
    });
    expect(refused).toMatchObject({ code: 1, json: { error: { code: 'GRAPH_REFUSED' } } });
    expect(refused.stderr).toContain('is callpermit running there');
    expect(refused.stdout + refused.stderr).not.toContain('another-word');
  });

  test.each([
    [['setup', '--url', 'http://calls.example.com/'], /https/],
    [['setup', '--url', 'calls'], /Expected a URL/],
    [['setup', '--url', `https://calls.example.com/${'x'.repeat(200)}`], /200 characters/],
    [['setup', '--url', 'https://me:word@calls.example.com/'], /without user/],
    [['setup', '--url', URL_, '--number', '--account'], /exclude each other/],
  ])('%j is wrong use', async (args, said) => {
    const wrong = await webhook(args);
    expect(wrong).toMatchObject({ code: 1, json: { error: { code: 'USAGE' } } });
    expect(wrong.stderr).toMatch(said);
    expect(set.subscribed).toBe(0);
  });

  test('http is for this machine; a setting that is missing is named', async () => {
    const local = await webhook(['setup', '--url', 'http://127.0.0.1:3000/webhooks/whatsapp']);
    expect(local.code).toBe(0);
    const missing = await webhook(['setup', '--url', URL_], { WHATSAPP_WEBHOOK_VERIFY_TOKEN: '' });
    expect(missing.json.error).toMatchObject({
      ...{ code: 'SETTING_MISSING', where: 'WHATSAPP_WEBHOOK_VERIFY_TOKEN' },
    });
  });
});
