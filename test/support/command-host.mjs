/**
 * The built command line, loaded once for many commands: one after the other, or beside each other, as its parent asks.
 * A process for each of them loads a thousand modules to ask the ledger one thing. `warm-callpermit.ts` starts it.
 */
import { Writable } from 'node:stream';

const dist = new URL('../../dist/src/cli/', import.meta.url);
const [{ createProgram }, { runWith }, { createCli }, { createTerminal }, { loadEnvironment }] =
  await Promise.all(
    ['run/program', 'run/run', 'run/cli', 'screen/terminal', '../config/environment'].map(
      (name) => import(new URL(`${name}.js`, dist).href),
    ),
  );

process.on('message', async ({ id, args, env }) => {
  const [out, err] = [sink(), sink()];
  const loaded = loadEnvironment({ env });
  const cli = createCli(
    createTerminal({ out, err, noColour: true }),
    loaded.ok ? loaded.value : env,
  );
  const work = () => createProgram(cli).parseAsync([process.execPath, 'callpermit', ...args]);
  const code = await runWith(cli, work, { wantsJson: args.includes('--json') });
  process.send({ id, code, stdout: out.said.join(''), stderr: err.said.join('') });
});
process.on('disconnect', () => process.exit());

function sink() {
  const said = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      said.push(String(chunk));
      done();
    },
  });
  return Object.assign(stream, { said });
}
