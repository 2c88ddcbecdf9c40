/** The report: ratios, the table, start and pause, and each target that is not met. */
import { type Align, table } from '../../../src/cli/screen/table.ts';
import { nameOfCost } from './cases.ts';
import type { CostLine, OursLine, PlainLine } from './run.ts';
import { isMet, ratiosOf, type Target, targetsOf } from './targets.ts';

/** All of it as aligned text. */
export function costText(lines: readonly CostLine[]): string {
  const costs = lines.filter((line) => line.kind === 'ours' || line.kind === 'plain');
  const others = lines.filter((line) => line.kind === 'start' || line.kind === 'pause');
  const parts = [
    ratioTable(lines),
    costTable(costs),
    others.map(shortly).join('\n'),
    targetText(targetsOf(lines)),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A line in short. */
export function shortly(line: CostLine): string {
  return `${nameOfCost(line)}: ${figures(line)}`;
}

/** A target that is not met, in words. */
export function missText({ what, is, bound, limit, unit }: Target): string {
  const figure = Number.isNaN(is) ? 'no figure' : `${rounded(is)}${unit}`;
  return `${what} ${figure}, to be ${bound} ${limit}${unit}`;
}

function ratioTable(lines: readonly CostLine[]): string {
  const ratios = ratiosOf(lines);
  if (ratios.length === 0) return '';
  const head = ['CPU of ours / of', '', 'all', 'sender alone'];
  const rows = ratios.map(({ ours, plain, all, sender }) => [
    nameOfCost(ours),
    `/ ${nameOfCost(plain)}`,
    all.toFixed(2),
    sender.toFixed(2),
  ]);
  return table([head, ...rows], ['left', 'left', 'right', 'right']);
}

function costTable(lines: readonly (OursLine | PlainLine)[]): string {
  if (lines.length === 0) return '';
  const head = ['us a message', 'sender', 'Redis', 'Postgres', 'all'];
  const right: readonly Align[] = Array.from({ length: 8 }, () => 'right');
  const rows = lines.map((line) => {
    const { held, worstSecond, peakMb } = line.measured;
    const parts = partsOf(line);
    return [
      nameOfCost(line),
      ...parts.map((us) => us?.toFixed(1) ?? ''),
      parts.reduce<number>((sum, us) => sum + (us ?? 0), 0).toFixed(1),
      held.toFixed(3),
      worstSecond.toFixed(3),
      peakMb.toFixed(0),
    ];
  });
  return table([[...head, 'held', 'worst second', 'peak MB'], ...rows], ['left', ...right]);
}

/** Sender, Redis, Postgres, where the case uses them: a server that idles is no cost of its. */
function partsOf(line: OursLine | PlainLine): readonly (number | undefined)[] {
  const { sender, redis, postgres } = line.measured;
  if (line.kind === 'plain') return [sender, line.by === 'loop' ? undefined : redis, undefined];
  return [sender, line.queue === 'redis' ? redis : undefined, postgres];
}

function figures(line: CostLine): string {
  switch (line.kind) {
    case 'ours':
    case 'plain': {
      const { held, worstSecond } = line.measured;
      const [sender, redis, postgres] = partsOf(line).map((us) => us?.toFixed(1) ?? '-');
      return `sender ${sender}, Redis ${redis}, Postgres ${postgres} us; held ${held.toFixed(3)}, worst second ${worstSecond.toFixed(3)}`;
    }
    case 'start': {
      const all = line.measured.firstSeconds.map((held) => held.toFixed(2)).join(', ');
      return `first second ${line.measured.middle.toFixed(2)} (${all})`;
    }
    case 'pause': {
      const { lastAfterMs, posts, commandMs, heldBefore } = line.measured;
      return `last POST after ${rounded(lastAfterMs)} ms (${posts} POSTs; held ${heldBefore.toFixed(2)} in the second before; the command took ${rounded(commandMs)} ms to get there)`;
    }
  }
}

function targetText(targets: readonly Target[]): string {
  const missed = targets.filter((target) => !isMet(target));
  if (targets.length === 0) return 'No target belongs to these cases.';
  if (missed.length === 0) return `All ${targets.length} targets are met.`;
  return [
    `${missed.length} of ${targets.length} targets are missed:`,
    ...missed.map((target) => `  ${missText(target)}`),
  ].join('\n');
}

/** As many digits as say something: `0.812`, `9.1`, `131`. */
function rounded(n: number): string {
  if (n < 2) return n.toFixed(3);
  return n < 20 ? n.toFixed(1) : n.toFixed(0);
}
