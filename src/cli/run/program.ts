/** All commands put together. A new one is a file in `commands/` and a line here. */
import { Command, type CommanderError } from 'commander';
import { settingsHelp } from '../../config/describe.ts';
import { type Problem, problem } from '../../core/problem.ts';
import { addAudit } from '../commands/audit.ts';
import { addCampaign } from '../commands/campaign.ts';
import { addClock } from '../commands/clock.ts';
import { addDoctor } from '../commands/doctor.ts';
import { addEnqueue } from '../commands/enqueue.ts';
import { addErrors } from '../commands/errors.ts';
import { addEvents } from '../commands/events.ts';
import { addExport } from '../commands/export.ts';
import { addForget } from '../commands/forget.ts';
import { addKey } from '../commands/key.ts';
import { addMigrate } from '../commands/migrate.ts';
import { addPermissions } from '../commands/permissions.ts';
import { addRequest } from '../commands/request.ts';
import { addSend } from '../commands/send.ts';
import { addSenders } from '../commands/senders.ts';
import { addServices } from '../commands/services.ts';
import { addSimulate } from '../commands/simulate.ts';
import { addSuppress } from '../commands/suppress.ts';
import { addTemplate } from '../commands/template.ts';
import { addUserCommand } from '../commands/user.ts';
import { addWebhook } from '../commands/webhook.ts';
import { USUAL_COLUMNS } from '../screen/terminal.ts';
import { wrapLines } from '../screen/wrap.ts';
import type { Cli } from './cli.ts';
import { thrown } from './failure.ts';
import { version } from './version.ts';

const HELP = () => `
Exit codes:
  0    done
  1    wrong use or bad input
  2    finished, but some people were rejected, skipped, refused or are uncertain
  3    paused by us (token, template, sender)
  4    database, queue or Graph API out of reach
  130  stopped by Ctrl-C (143: by a plain kill)

With --json the last line of standard output is one JSON object; what is meant for people goes to standard error.

Settings (environment, or a file .env):
${settingsHelp()}

Begin with: callpermit doctor`;

/** Makes the program; it throws `CommanderError` instead of ending the process. */
export function createProgram(cli: Cli): Command {
  const program = new Command('callpermit')
    .description(
      'Asks a whole list of people for permission to call them on WhatsApp: nobody asked twice, nobody forgotten, never above the rate.',
    )
    .version(version(), '-V, --version')
    .configureOutput({
      writeOut: (text) => cli.terminal.out.write(inLines(text, cli.terminal.width.out)),
      writeErr: (text) => cli.terminal.err.write(inLines(text, cli.terminal.width.err)),
      // Problems of every kind are told in one way, by `report.ts`.
      outputError: () => undefined,
    })
    // Commander breaks nothing: options and what stands below them are broken by one rule, in `inLines`.
    .configureHelp({ boxWrap: (text) => text })
    .showSuggestionAfterError()
    .addHelpText('after', HELP)
    .hook('preAction', (_program, command) => {
      cli.acting.what = pathOf(command);
      cli.acting.first = command.args[0];
    });
  program.commandsGroup('Asking people:');
  addSend(program, cli);
  addEnqueue(program, cli);
  addRequest(program, cli);
  addCampaign(program, cli);
  addExport(program, cli);
  program.commandsGroup('People:');
  addSuppress(program, cli);
  addPermissions(program, cli);
  addForget(program, cli);
  program.commandsGroup('Templates and errors:');
  addTemplate(program, cli);
  addErrors(program, cli);
  program.commandsGroup('Processes:');
  addServices(program, cli);
  addSenders(program, cli);
  program.commandsGroup('Setting up:');
  addDoctor(program, cli);
  addWebhook(program, cli);
  addUserCommand(program, cli);
  addKey(program, cli);
  addAudit(program, cli);
  addEvents(program, cli);
  addMigrate(program, cli);
  addSimulate(program, cli);
  addClock(program, cli);
  throwProblems(program, 'callpermit');
  return program;
}

/** The words of a command, like `campaign pause`. */
function pathOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${pathOf(parent)} ${command.name()}` : command.name();
}

/** A help text for this width; in a pipe or a file as on a terminal of the usual one. */
function inLines(text: string, columns: number | undefined): string {
  return wrapLines(text, columns ?? USUAL_COLUMNS);
}

/** Wrong use is a problem like any other, and it names the help that would have told. */
function throwProblems(command: Command, path: string): void {
  command.exitOverride((error) => {
    throw isHelp(error) ? error : thrown(usageProblem(error, path));
  });
  for (const sub of command.commands) throwProblems(sub, `${path} ${sub.name()}`);
}

function isHelp(error: CommanderError): boolean {
  return error.exitCode === 0 || error.code === 'commander.help';
}

function usageProblem(error: CommanderError, path: string): Problem {
  const message = error.message
    .replace(/^error: /, '')
    .replaceAll('\n', ' ')
    .trim();
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
  return problem('USAGE', /[.?!]\)?$/.test(sentence) ? sentence : `${sentence}.`, {
    next: `See: ${path} --help`,
  });
}
