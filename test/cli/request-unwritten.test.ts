/** `callpermit request` while the database takes no answer; by itself, since no other sender may be about. */
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import pg from 'pg';
import { describeOnBothQueues } from '../support/queues.ts';
import { number, setUpWorkspace } from './workspace.ts';

describeOnBothQueues('callpermit request', (ground) => {
  const workspace = setUpWorkspace(() => ground.env);
  test('an answer that the database does not take: 4, said, and recorded by the next sender', async () => {
    await workspace.useSimulator({ latency: { kind: 'constant', ms: 2_000 } });
    const folder = { DATA_DIR: join(workspace.folder, 'kept') };
    const template = ['--template', 't', '--language', 'en', '--param', 'Ann'];
    const asking = workspace.start(
      ['request', number(1), ...template, '--wait', '4', '--json'],
      folder,
    );
    const early = asking.untilExit().then((ended) => {
      throw new Error(`ended before it asked: ${JSON.stringify(ended)}`);
    });
    await Promise.race([workspace.simulator.untilPosts(1), early]);
    early.catch(() => undefined);
    const name = new URL(ground.databaseUrl).pathname.slice(1);
    const person = new pg.Client({ connectionString: ground.databaseUrl });
    await person.connect();
    const readOnly = async (on: boolean) => {
      await person.query('set default_transaction_read_only = off');
      await person.query(`alter database ${name} set default_transaction_read_only = ${on}`);
      await person.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and pid <> pg_backend_pid()',
        [name],
      );
    };
    await readOnly(true);
    const asked = await asking.untilExit();
    await readOnly(false);
    await person.end();
    expect(asked).toMatchObject({ code: 4, signal: null });
    expect(asked.stderr).toContain('1 outcome was not taken by the database before the end');
    const [, id] = /Request (\S+) is made/.exec(asked.stderr) ?? [];
    const sender = workspace.start(['sender'], folder);
    expect(await workspace.untilEnded(String(id))).toMatchObject({ counts: { accepted: 1 } });
    sender.kill('SIGTERM');
    await sender.untilExit();
    expect(workspace.simulator.stats().posts).toBe(1);
  });
});
