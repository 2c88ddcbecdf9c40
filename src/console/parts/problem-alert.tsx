/** A refusal: what was wrong, its code, where, and what to do. */
import { Alert, Button, Text } from '@mantine/core';
import { ApiError } from '../api/client.ts';
import { texts } from '../texts.ts';
import { inWordsOfPage } from '../words-of-page.ts';

/** A place in a request that the page made says nothing to whoever reads it. */
const OF_REQUESTS = /^(?:body|params|query|querystring|headers?|the body)\b/;

/** The alert. @param p.onRetry shows a button that tries again */
export function ProblemAlert({
  error,
  onRetry,
}: {
  readonly error: Error;
  readonly onRetry?: () => void;
}) {
  const { code, detail, where, next } = problemOf(inWordsOfPage(error));
  const { problem } = texts;
  return (
    <Alert color="red" title={detail} role="alert">
      {next !== undefined && <Text size="sm">{next}</Text>}
      <Text size="sm" c="dimmed">
        {problem.code}: <code>{code}</code>
        {where !== undefined && !OF_REQUESTS.test(where) && (
          <>
            {' · '}
            {problem.where}: <code>{where}</code>
          </>
        )}
      </Text>
      {onRetry !== undefined && (
        <Button size="xs" variant="default" mt="xs" onClick={onRetry}>
          {texts.app.retry}
        </Button>
      )}
    </Alert>
  );
}

function problemOf(error: Error): {
  readonly code: string;
  readonly detail: string;
  readonly where?: string | undefined;
  readonly next?: string | undefined;
} {
  if (error instanceof ApiError) return error.problem;
  return { code: error.name, detail: error.message };
}
