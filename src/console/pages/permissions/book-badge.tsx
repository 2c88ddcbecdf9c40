/** What somebody allows, in a word. */
import type { Schema } from '../../api/client.ts';
import { StateBadge } from '../../parts/state-badge.tsx';
import { texts } from '../../texts.ts';

type BookState = Schema<'Permission'>['state'];

const COLOURS: Readonly<Record<BookState, string>> = {
  none: 'gray',
  requested: 'blue',
  temporary: 'green',
  permanent: 'teal',
  declined: 'red',
  revoked: 'red',
  expired: 'violet',
};

/** The badge. */
export function BookBadge({ state }: { readonly state: BookState }) {
  return <StateBadge color={COLOURS[state]} text={texts.book.states[state]} />;
}

/** How it is known, in words. */
export function sourceText(source: string | null): string {
  return source === null ? texts.app.none : (texts.book.sources[source] ?? source);
}
