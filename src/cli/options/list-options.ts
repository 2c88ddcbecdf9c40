/** The options `send` and `enqueue` share: what is asked of whom, and how the list is read. */
import { type Command, Option } from 'commander';
import type { HandOverOptions } from '../../campaign/hand-over-options.ts';
import { numbersOption, withColumnOptions } from './column-options.ts';
import { formatOption, repeatable, reportFile } from './options.ts';
import { defaultCountryOption } from './phone-numbers.ts';
import { instant, maxErrors, name, quietHours, weight } from './when-options.ts';

/** The options as commander gives them. */
export interface ListOptions extends Omit<HandOverOptions, 'start'> {
  readonly format?: 'csv' | 'ndjson' | 'json';
  readonly refused?: string;
  readonly json?: true;
}

/** What a list looks like, for `--help`. */
export const LIST_HELP = `
A list is a CSV with a header, NDJSON, or a JSON array; LIST may be - for standard input.
Columns: to (or phone); if you like reference, language, not_before, not_after. The other columns
are the template's variables: 1, 2, ... for a positional template, names for a named one.

  to,reference,1
  +16505551234,order-1001,Ann
  +491701234567,order-1002,Bert

Numbers may be written in any way (+1 (650) 555-1234); national ones need --default-country. Digits
without a plus that can be numbers of two countries are refused until --numbers says which. A column by
another name is taken with --map "Phone Number=to,Name=1"; one whose name has a comma stands in
quotation marks: --map '"Name, first"=1'. --ignore-columns all leaves out what the template does not need.
The same list is refused within seven days (--again takes it): the same bytes read the same way, over
HTTP and in Node the same people, from two lines up, for the same template and sender.
A number that comes twice is asked once: the later lines are skipped. A line that cannot be used is
refused with row, column and reason; the others go through (--strict refuses the whole list).
Rows are counted without the header: row 1 is the first person.`;

/** Adds the options to a command. */
export function withListOptions(command: Command): Command {
  return withColumnOptions(command)
    .addOption(numbersOption())
    .argument('<list>', 'file with one person a line, or - for standard input')
    .requiredOption('-t, --template <name>', 'name of the approved template')
    .requiredOption('-l, --language <code>', "the template's language, like en or pt_BR")
    .option('--name <text>', "what you tell the campaign by (the file's name)", name)
    .option(
      '--sender <id>',
      'phone number id to ask from, where there are several; given again, the list spreads over them',
      repeatable,
    )
    .addOption(defaultCountryOption())
    .addOption(formatOption())
    .option('--strict', 'refuse the whole list if one line is bad')
    .option(
      '--idempotency-key <key>',
      'the same key and list again go on with the same campaign and ask nobody twice',
    )
    .option('--again', 'ask them once more, though the same list was sent within seven days')
    .option('--skip-preflight', 'do not look at the template before the first request')
    .option(
      '--max-errors <n|p%>',
      'pause when more than so many (or so many percent, once 20 are settled) are rejected or uncertain; who is being asked then is asked',
      maxErrors,
    )
    .addOption(
      new Option(
        '--on-pair-limit <what>',
        'people asked too often lately (once in 24 hours, twice in 7 days): wait, or skip',
      ).choices(['wait', 'skip']),
    )
    .option('--include-granted', 'ask people too whose permission still holds')
    .option('--include-declined', 'ask people too who declined within the last seven days')
    .option('--start-at <time>', 'ask nobody before, like 2026-12-01T09:00:00Z', instant)
    .option('--expire-at <time>', 'ask nobody after; those left become expired', instant)
    .option(
      '--quiet-hours <from-to>',
      "ask nobody between these times of the person's own zone, like 21:00-08:00",
      quietHours,
    )
    .option(
      '--weight <n>',
      'share beside other campaigns of the sender, 1 (default) to 100',
      weight,
    )
    .option('--dry-run', 'say who would be asked, and how long it takes; ask nobody')
    .option('--refused <file>', 'write the refused lines to a file (.csv or .ndjson)', reportFile)
    .option('--json', 'end standard output with one JSON object');
}
