/** `callpermit doctor`: is everything there that a campaign needs, and what to do where it is not. */
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { given } from '../../core/given.ts';
import { type Finding, failed, isWell, settingsFinding } from '../../diagnosis/finding.ts';
import { printable } from '../../telemetry/words.ts';
import type { Cli } from '../run/cli.ts';
import { EXIT, type ExitCode } from '../run/exit-code.ts';
import { problemsOf } from '../run/failure.ts';

interface DoctorOptions {
  readonly sender?: string;
  readonly template?: string;
  readonly language?: string;
  readonly json?: true;
}

const HELP = `
Looks at the settings, the database and what stands before it, the queue, the clocks, the disk, the \
webhooks (what arrives, was refused, waits, could not be read) and what Meta told by them, the token, the number and its country, whether calling is switched on, and, with --template, the \
template. Nothing is sent and nothing is changed at Meta.

Exit code:
  0  all well, or warnings only
  1  something is wrong
  4  something is out of reach

Examples:
  callpermit doctor
  callpermit doctor --template sample_cpr_template --language en`;

const COLOURS = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

/** Adds `doctor`. */
export function addDoctor(program: Command, cli: Cli): void {
  program
    .command('doctor')
    .summary('check settings, database, queue, token, number, calling, template')
    .description('Checks everything a campaign needs, one line each, and says what to do.')
    .option('--sender <id>', 'phone number id to look at, where there are several')
    .option('-t, --template <name>', 'look at this template too')
    .option('-l, --language <code>', 'language of that template', 'en')
    .option('--json', 'print one JSON object')
    .addHelpText('after', HELP)
    .action((options: DoctorOptions) => doctor(cli, options));
}

async function doctor(cli: Cli, options: DoctorOptions): Promise<void> {
  const findings: Finding[] = [];
  const tell = (found: readonly Finding[]) => {
    findings.push(...found);
    if (!options.json) for (const finding of found) printFinding(cli, finding);
  };
  const settings = readSettings(cli);
  tell(settings.findings);
  if (settings.config !== undefined) {
    const [{ groundOfCommand }, { storeFindings }, { metaFindings }] = await Promise.all([
      import('../../diagnosis/ground.ts'),
      import('../../diagnosis/stores.ts'),
      import('../../diagnosis/meta-findings.ts'),
    ]);
    const { sender: senderId, template, language } = options;
    const ground = groundOfCommand(settings.config, await cli.log('doctor'));
    tell(await storeFindings(ground));
    tell(await metaFindings(ground, given({ senderId, template, language })));
  }
  cli.exitCode = exitCodeOfFindings(findings);
  if (options.json) cli.terminal.print(JSON.stringify({ ok: isWell(findings), findings }));
}

/** The exit code of a diagnosis; warnings count for nothing. */
export function exitCodeOfFindings(findings: readonly Finding[]): ExitCode {
  const bad = findings.filter((f) => f.level === 'fail');
  if (bad.some((f) => f.unreachable)) return EXIT.unreachable;
  return bad.length > 0 ? EXIT.wrong : EXIT.done;
}

function readSettings(cli: Cli): { findings: readonly Finding[]; config?: Config } {
  try {
    const config = cli.config();
    return { config, findings: [settingsFinding(config)] };
  } catch (error) {
    return { findings: problemsOf(error).map((shown) => failed('settings', shown)) };
  }
}

function printFinding(cli: Cli, finding: Finding): void {
  const { paint, printLines } = cli.terminal;
  const level = paint(COLOURS[finding.level], finding.level.padEnd(4));
  const next = finding.next === undefined || finding.level === 'ok' ? '' : ` ${finding.next}`;
  printLines(`${level}  ${finding.check.padEnd(8)}  ${printable(`${finding.message}${next}`)}`);
}
