/** What each POST said, held against the line it was sent for: to whom, from where, with which text. */
import type { RequestRecord } from '../../src/simulator/index.ts';
import type { ListRow } from './list.ts';
import { TEMPLATE } from './profile.ts';
import type { KeptRequest } from './witness.ts';

/** What is wrong with the POSTs of a person; one sentence for each kind, nothing where all is well. */
export function wrongContentOf(p: {
  readonly line: ListRow;
  readonly asked: readonly RequestRecord[];
  /** The row of the ledger that names these POSTs. */
  readonly request: KeptRequest | undefined;
  /** The phone numbers of the run. */
  readonly numbers: readonly string[];
}): readonly string[] {
  const found = p.asked.flatMap((post) => faultsOf(post, p));
  return [...new Set([...found, ...doubles(p.asked)])];
}

function faultsOf(
  post: RequestRecord,
  { line, request, numbers }: Parameters<typeof wrongContentOf>[0],
): readonly string[] {
  const faults: string[] = [];
  const told = post.parameters.map(({ component, text }) => `${component}: ${text}`).join(', ');
  if (told !== `body: ${line.name}`)
    faults.push(`was sent the text "${told}" in place of "body: ${line.name}"`);
  if (post.to !== line.to) faults.push('was asked by another spelling than the list has');
  if (post.template !== TEMPLATE.name || post.language !== TEMPLATE.language)
    faults.push(`was sent the template ${post.template} in ${post.language}`);
  if (!numbers.includes(post.phoneNumberId))
    faults.push(`was asked from ${post.phoneNumberId}, a number of nobody`);
  if (request === undefined) return faults;
  if (post.phoneNumberId !== request.senderId)
    faults.push(`was asked from ${post.phoneNumberId}, but the row is ${request.senderId}'s`);
  const [id, fence] = (post.callbackData ?? '').split('.');
  if (id !== request.id || !(Number(fence) >= 1 && Number(fence) <= request.fence))
    faults.push(`was sent ${post.callbackData}, but the row is ${request.id}.${request.fence}`);
  return faults;
}

/** A claim is written once: two POSTs with one name are one claim that was sent twice. */
function doubles(asked: readonly RequestRecord[]): readonly string[] {
  const names = asked.map((post) => post.callbackData);
  return names
    .filter((name, i) => names.indexOf(name) !== i)
    .map((name) => `was sent ${name} more than once`);
}
