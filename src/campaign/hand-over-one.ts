/** A list of one person, in and started by one statement: 300 a second come that way where lists take six commits each. */
import type { ListLine, Recipient } from '../core/people/recipient.ts';
import type { IntakeStore, ListRules, NewCampaign, OpenList } from '../core/ports/index.ts';
import { listDigest } from './list-digest.ts';
import type { TakenList } from './take-list.ts';

/** What came of it. */
export interface AtOnce {
  /** It is in, and running; absent: the list is to be taken step by step. */
  readonly made?: TakenList & { readonly recipient: Recipient };
  /** The same list, with its line still to be read. */
  readonly list: OpenList;
}

/** Takes a list of one line, if that is all there is in it. */
export async function handOverAtOnce(
  ledger: { readonly intake: Pick<IntakeStore, 'makeSingle'> },
  p: { readonly spec: NewCampaign; readonly list: OpenList; readonly rules: ListRules },
): Promise<AtOnce> {
  const { spec, rules } = p;
  const lines: ListLine[] = [];
  for await (const some of p.list.batches) lines.push(...some);
  const list = again(p.list, lines);
  const [line, ...others] = lines;
  if (line?.kind !== 'recipient' || others.length > 0) return { list };
  const { recipient } = line;
  const listSha256 = listDigest(list.sha256(), rules);
  const id = await ledger.intake.makeSingle({ spec, recipient, listSha256 });
  if (id === undefined) return { list };
  const read = { lines: 1, added: 1, refused: 0, unkept: 0, doubles: 0, refusedLines: [] };
  const done = { id, created: true, state: 'running' } as const;
  return { list, made: { ...read, ...done, recipient, takeBack: async () => undefined } };
}

/** A list whose lines were read already. */
function again(list: OpenList, lines: readonly ListLine[]): OpenList {
  async function* batches() {
    yield lines;
  }
  return {
    columns: list.columns,
    batches: batches(),
    fit: (fit) => list.fit(fit),
    warnings: () => list.warnings(),
    sha256: () => list.sha256(),
    close: () => list.close(),
  };
}
