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
A list is a CSV with a header, NDJSON, or a JSON array; LIST may be - for standard input. \
Columns: to (or phone) and, if you like, reference, language, not_before, not_after. Every other \
column is a variable of the template: 1, 2, ... for a positional template, names for a named one.

  to,reference,1
  +16505551234,order-1001,Ann
  +491701234567,order-1002,Bert

Numbers may be written in any way, like +1 (650) 555-1234; national ones need --default-country. \
Digits without a plus that can be numbers of two countries are refused until --numbers says which.

A column by another name is taken with --map "Phone Number=to,Name=1"; a name with a comma in it \
stands in quotation marks: --map '"Name, first"=1'. A column that is two things stands there \
twice: --map "Order=reference,Order=2". --ignore-columns all leaves out the columns that the \
template does not need.

A number that comes twice is asked once: the later lines are skipped. A line that cannot be used is \
refused with row, column and reason, and the others are asked (--strict refuses the whole list). \
Rows are counted without the header: row 1 is the first person.

The same list of two lines or more, read with the same options, is refused within seven days for \
the same template and sender, under another key or none; --again takes it.`;

/** Adds the options to a command. */
export function withListOptions(command: Command): Command {
  const needed = command
    .argument('<list>', 'file with one person a line, or - for standard input')
    .requiredOption('-t, --template <name>', 'name of the approved template')
    .requiredOption('-l, --language <code>', "the template's language, like en or pt_BR");
  return withColumnOptions(needed)
    .addOption(numbersOption())
    .option('--name <text>', "a name for the campaign (else the file's name)", name)
    .option(
      '--sender <id>',
      'phone number id to ask from, where there are several; given again, the list is spread over them',
      repeatable,
    )
    .addOption(defaultCountryOption())
    .addOption(formatOption())
    .option('--strict', 'refuse the whole list if one line is bad: nobody is asked then')
    .option(
      '--idempotency-key <key>',
      'your own key: the same list again under the same key goes on with the same campaign and asks nobody twice',
    )
    .option('--again', 'take the list although the same one was sent within seven days')
    .option('--skip-preflight', 'do not ask Meta first whether template, columns and number fit')
    .option(
      '--max-errors <n|p%>',
      'pause the campaign when more than n people (or p percent, once 20 have an outcome) are rejected or uncertain; what is in flight then is finished',
      maxErrors,
    )
    .addOption(
      new Option(
        '--on-pair-limit <what>',
        'what becomes of people asked too often lately (once in 24 hours, twice in 7 days): they wait until they may be asked (the default), or are skipped',
      ).choices(['wait', 'skip']),
    )
    .option('--include-granted', 'also ask people whose permission still holds')
    .option(
      '--include-declined',
      'also ask people who declined, or whose permission Meta took back, within the last seven days, and those who took it back themselves',
    )
    .option('--start-at <time>', 'ask nobody before this time, like 2026-12-01T09:00:00Z', instant)
    .option(
      '--expire-at <time>',
      'ask nobody after this time; who is left then becomes expired',
      instant,
    )
    .option(
      '--quiet-hours <from-to>',
      "ask nobody between these times of day in the person's own zone, like 21:00-08:00",
      quietHours,
    )
    .option(
      '--weight <n>',
      "share of the sender's rate beside its other campaigns, 1 (the default) to 100",
      weight,
    )
    .option(
      '--dry-run',
      'ask nobody; say how many would be asked, how many skipped and why, and how long it would take',
    )
    .option('--refused <file>', 'write the refused lines to a file (.csv or .ndjson)', reportFile)
    .option('--json', 'end standard output with one JSON object');
}
