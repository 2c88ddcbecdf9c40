/** In the place of what has not come: why, or that it comes. */
import { Text } from '@mantine/core';
import { texts } from '../texts.ts';
import { ProblemAlert } from './problem-alert.tsx';

/** The line, or the alert. */
export function NotThere({ error }: { readonly error: Error | null }) {
  return error === null ? (
    <Text c="dimmed">{texts.app.loading}</Text>
  ) : (
    <ProblemAlert error={error} />
  );
}
