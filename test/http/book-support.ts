/** Words of people in the book of a service under test. */
import type { Answer } from '../../src/core/ports/index.ts';
import type { Answer as HttpAnswer, Service } from './support.ts';

/** A German mobile number that nobody else in a file has. */
export const number = (i: number): string => `+4915112${String(i).padStart(6, '0')}`;

/** A whole second, so many ms from now. */
export const inMs = (ms: number): Date => new Date(Math.floor((Date.now() + ms) / 1_000) * 1_000);

let words = 0;

/** Books what somebody said a minute ago, of one sender unless told. */
export async function say(
  { app, simulator }: Service,
  to: string,
  status: Answer['status'],
  more: Partial<Answer> = {},
): Promise<void> {
  words += 1;
  await app.ledger.replies.bookAnswers([
    {
      ...{ senderId: simulator.phoneNumberId, key: `wamid.word.${words}` },
      ...({ person: to.replace('+', ''), status, source: 'answer', at: inMs(-60_000) } as const),
      ...more,
    },
  ]);
}

/** Walks a list to its end; hears of each page. */
export async function walk(
  service: Service,
  path: string,
  noun: string,
  onPage: (page: HttpAnswer) => Promise<unknown> = async () => {},
): Promise<HttpAnswer['body'][]> {
  const found: HttpAnswer['body'][] = [];
  for (let after: string | null = ''; after !== null; ) {
    const more: string = after === '' ? '' : `&after=${after}`;
    const answer = await service.call('GET', `${path}${more}`);
    if (answer.status !== 200) throw new Error(answer.text);
    found.push(...answer.body[noun]);
    after = answer.body.next;
    await onPage(answer);
  }
  return found;
}
