/**
 * Every dialog, in both colours and on a phone: it is opened, read, left and used by the keyboard alone, has no serious fault of
 * accessibility, and nothing of it is cut off.
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import type { Page } from 'playwright-core';
import { people } from '../http/support.ts';
import {
  axeFaults,
  type Console,
  cutOff,
  focused,
  startConsole,
  tabTo,
  untilTrue,
} from './support.ts';

let stand: Console;
let sql: pg.Client;
const ids = { campaign: '', over: '', single: '' };

beforeAll(async () => {
  stand = await startConsole();
  const { service } = stand;
  sql = new pg.Client({ connectionString: service.app.config.databaseUrl });
  await sql.connect();
  const make = async (name: string, from: number) => {
    const body = { template: 't', language: 'en', name, recipients: people(6, from) };
    return (await service.call('POST', '/v1/campaigns', { body })).body.id;
  };
  ids.campaign = await make('spring', 0);
  ids.over = await make('autumn', 100);
  const single = { template: 't', language: 'en', parameters: ['Ann'], to: '+16502990009' };
  ids.single = (await service.call('POST', '/v1/requests', { body: single })).body.id;
  for (const id of [ids.campaign, ids.single])
    await sql.query(
      `update requests set state = 'uncertain', cause = 'doubted.0', attempts = 1 where campaign_id = $1 and row <= 4`,
      [id],
    );
  await sql.query(
    `update requests set state = 'rejected', error_code = 131030, error_message = 'Not on the list' where campaign_id = $1 and row <= 2`,
    [ids.campaign],
  );
  await sql.query(
    `update requests set state = case row when 1 then 'skipped' else 'expired' end
     where campaign_id = $1 and row <= 2`,
    [ids.over],
  );
  await sql.query(
    `insert into permissions (sender_id, person, status, expires_at, at, source)
     values ($1, '16502530004', 'temporary', now() - interval '1 hour', now() - interval '8 days', 'answer')`,
    [service.simulator.phoneNumberId],
  );
  await service.call('POST', '/v1/suppressions', { body: { people: ['+16502530009'] } });
  await service.call('POST', '/v1/keys', { body: { name: 'crm', scope: 'read' } });
  const bob = { name: 'bob', role: 'viewer', password: 'a long password' };
  await service.call('POST', '/v1/users', { body: bob });
}, 180_000);
afterAll(async () => {
  await sql?.end();
  await stand?.close();
});

interface Case {
  readonly path: () => string;
  /** The button that opens it. */
  readonly opener: string;
  readonly title: string;
  /** Does with the open dialog what it is for. */
  readonly use: (page: Page) => Promise<void>;
}

const type = async (page: Page, field: string, text: string) => {
  await tabTo(page, field);
  await page.keyboard.type(text);
};
const press = async (page: Page, button: string) => {
  await tabTo(page, button);
  await page.keyboard.press('Enter');
};
const gone = (page: Page, name: string) =>
  page.getByRole('button', { name }).waitFor({ state: 'detached' });

/** In this order: what the last ones do takes away what those before them need. */
const CASES: readonly Case[] = [
  {
    path: () => '/opt-outs',
    opener: 'Add one',
    title: 'Add one',
    use: async (page) => {
      await type(page, 'Phone number', '+16502530011');
      await page.keyboard.press('Enter');
      await page.getByText('+16502530011: On the list.').waitFor();
    },
  },
  {
    path: () => '/opt-outs',
    opener: 'Import a list',
    title: 'Import a list',
    use: async (page) => {
      await type(page, 'Or paste numbers here', '+16502530012');
      await press(page, 'Import');
      await page.getByText('Added: 1.').waitFor();
    },
  },
  {
    path: () => '/opt-outs',
    opener: 'Take off the list: +16502530009',
    title: 'Take off the list: +16502530009',
    use: async (page) => {
      await press(page, 'Take off');
      await gone(page, 'Take off the list: +16502530009');
      expect(await focused(page)).toBe('Opt-outs');
    },
  },
  {
    path: () => '/permissions?q=%2B16502530004',
    opener: 'Ask for permission',
    title: 'Ask for permission',
    use: async (page) => {
      await type(page, 'Template', 't (en');
      await type(page, 'Text for {{1}}', 'Ann');
      await page.keyboard.press('Enter');
      await page.getByText('The request is Waiting.').waitFor();
      await press(page, 'Close');
    },
  },
  {
    path: () => '/permissions?q=%2B16502530004',
    opener: 'Put on the opt-out list',
    title: 'Put on the opt-out list',
    use: async (page) => {
      await press(page, 'Put on the opt-out list');
      await page.getByText('On the opt-out list: nobody asks them.').waitFor();
    },
  },
  {
    path: () => '/users',
    opener: 'Add a user',
    title: 'Add a user',
    use: async (page) => {
      await type(page, 'Name', 'carl');
      await tabTo(page, 'viewer');
      await page.keyboard.press('ArrowDown');
      await type(page, 'Password', 'a long password');
      await page.keyboard.press('Enter');
      await page.getByRole('row', { name: /carl.*operator/ }).waitFor();
    },
  },
  {
    path: () => '/users',
    opener: 'Change bob',
    title: 'Change bob',
    use: async (page) => {
      await tabTo(page, 'viewer');
      await page.keyboard.press('ArrowDown');
      await press(page, 'Save');
      await page.getByRole('row', { name: /bob.*operator/ }).waitFor();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('Enter');
      await press(page, 'Remove');
      await page.getByRole('dialog', { name: 'Remove bob?' }).waitFor();
      expect(await axeFaults(page)).toEqual([]);
      await press(page, 'Remove');
      await gone(page, 'Change bob');
    },
  },
  {
    path: () => '/keys',
    opener: 'Make a key',
    title: 'Make a key',
    use: async (page) => {
      await type(page, 'Name', 'erp');
      await page.keyboard.press('Enter');
      await page.getByRole('status').locator('code').waitFor();
      expect(await axeFaults(page)).toEqual([]);
      expect(await cutOff(page)).toEqual([]);
      await press(page, 'Done');
      await page.getByRole('row', { name: /erp/ }).waitFor();
    },
  },
  {
    path: () => '/keys',
    opener: 'Revoke crm',
    title: 'Revoke crm',
    use: async (page) => {
      await press(page, 'Revoke');
      await gone(page, 'Revoke crm');
    },
  },
  {
    path: () => '/system',
    opener: 'Tell again',
    title: 'Tell events again',
    use: async (page) => {
      await press(page, 'Tell again');
      await page.getByText('0 are told again.').waitFor();
    },
  },
  {
    path: () => `/requests/${ids.single}`,
    opener: 'Settle',
    title: 'What became of the request to +16502990009?',
    use: async (page) => {
      await press(page, 'It did not go out');
      await page.getByText('Refused', { exact: true }).waitFor();
    },
  },
  {
    path: () => `/campaigns/${ids.campaign}/people/3`,
    opener: 'Settle',
    title: 'What became of row 3?',
    use: async (page) => {
      await press(page, 'It went out');
      await page.getByText('Accepted', { exact: true }).waitFor();
    },
  },
  {
    path: () => `/campaigns/${ids.campaign}?view=uncertain`,
    opener: 'Settle row 4',
    title: 'What became of row 4?',
    use: async (page) => {
      await press(page, 'It went out');
      await page.getByText('No request is uncertain.').waitFor();
      expect(await focused(page)).toBe('spring');
    },
  },
  {
    path: () => `/campaigns/${ids.campaign}`,
    opener: 'Ask these again',
    title: 'Ask people again',
    use: async (page) => {
      await press(page, 'Ask them again');
      await gone(page, 'Ask these again');
    },
  },
  {
    path: () => `/campaigns/${ids.over}`,
    opener: 'Ask again…',
    title: 'Ask people again',
    use: async (page) => {
      await tabTo(page, 'Those who were skipped');
      await page.keyboard.press('ArrowDown');
      await press(page, 'Ask them again');
      await page.getByText('1 is asked again.').waitFor();
    },
  },
  {
    path: () => `/campaigns/${ids.over}`,
    opener: 'Cancel the campaign',
    title: 'Cancel this campaign?',
    use: async (page) => {
      await press(page, 'Cancel the campaign');
      await page.getByText('Cancelled', { exact: true }).first().waitFor();
    },
  },
  {
    path: () => '/templates',
    opener: 'Show plain (en)',
    title: 'plain (en)',
    use: async (page) => {
      await press(page, 'New campaign with it');
      await page.getByRole('heading', { name: 'New campaign', level: 1 }).waitFor();
    },
  },
  {
    path: () => '/templates',
    opener: 'Delete plain (en)',
    title: 'Delete plain (en)',
    use: async (page) => {
      await press(page, 'Delete');
      await gone(page, 'Delete plain (en)');
    },
  },
];

const IN_DIALOG = 'document.activeElement.closest("[role=dialog]") !== null';

async function openBy(page: Page, { opener, title }: Case): Promise<void> {
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: title, exact: true }).waitFor();
  await untilTrue(page, IN_DIALOG);
  expect([opener, await page.getByRole('dialog').count()]).toEqual([opener, 1]);
}

describe.each([
  ['light', { width: 1_280, height: 900 }],
  ['dark', { width: 390, height: 844 }],
] as const)('by the keyboard alone, %s, %j', (colorScheme, viewport) => {
  it.each(CASES.map((one) => [one.opener, one.title, one] as const))(
    '"%s" opens "%s", keeps the focus in it, and has it back when it is left',
    async (_opener, _title, one) => {
      const { page, context, faults } = await stand.open('/account', { colorScheme, viewport });
      await page.goto(stand.service.http.url + one.path());
      await page.getByRole('button', { name: one.opener, exact: true }).first().waitFor();
      await tabTo(page, one.opener);
      await openBy(page, one);
      expect(await axeFaults(page)).toEqual([]);
      expect(await cutOff(page)).toEqual([]);
      for (let presses = 0; presses < 12; presses += 1) {
        await page.keyboard.press('Tab');
        expect(await page.evaluate(IN_DIALOG)).toBe(true);
      }
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await untilTrue(page, 'document.activeElement !== document.body');
      expect(await focused(page)).toBe(one.opener);
      expect(faults).toEqual([]);
      await context.close();
    },
  );
});

/** Whatever is drawn from now on is drawn late, as on a busy machine: by messages React tells itself when to go on. */
const DRAW_LATE = `(() => {
  const { postMessage } = MessagePort.prototype;
  MessagePort.prototype.postMessage = function (...p) {
    setTimeout(() => postMessage.apply(this, p), 300);
  };
})()`;

it('a dialog gives the focus back where its content goes late, too', async () => {
  const { page, context } = await stand.open('/opt-outs');
  const opener = page.getByRole('button', { name: 'Import a list', exact: true });
  await opener.click();
  await untilTrue(page, IN_DIALOG);
  await page.evaluate(DRAW_LATE);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await untilTrue(page, 'document.activeElement !== document.body');
  expect(await focused(page)).toBe('Import a list');
  await context.close();
});

describe('what a dialog is for', () => {
  it.each(CASES.map((one) => [one.opener, one.title, one] as const))(
    'is done by the keyboard alone: "%s", "%s"',
    async (_opener, _title, one) => {
      const { page, context, faults } = await stand.open(one.path());
      await page.getByRole('button', { name: one.opener, exact: true }).first().waitFor();
      await tabTo(page, one.opener);
      await openBy(page, one);
      await one.use(page);
      expect(faults).toEqual([]);
      await context.close();
    },
  );
});
