/** What stands in a page's place: while it is loaded, where there is none, and where it failed. */
import { Button, Code, Loader, Stack, Text } from '@mantine/core';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { ApiError } from '../api/client.ts';
import { PageLink } from '../parts/links.tsx';
import { Page } from '../parts/page.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { texts } from '../texts.ts';

/** While it is loaded. */
export function PageLoading() {
  return (
    <Stack align="center" p="xl">
      <Loader aria-hidden />
      <Text role="status">{texts.app.loading}</Text>
    </Stack>
  );
}

/** No page has this path. */
export function NotFound() {
  return (
    <Page title={texts.app.notFound}>
      <PageLink to="/campaigns" search={{}}>
        {texts.app.toStart}
      </PageLink>
    </Page>
  );
}

/** A page threw: a refusal is shown as one; anything else is a bug, or a file of another version. */
export function PageFailed({ error: thrown }: ErrorComponentProps) {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const isOld = /dynamically imported module|Importing a module/.test(error.message);
  return (
    <Page title={texts.app.broken}>
      <Stack align="flex-start">
        {error instanceof ApiError ? (
          <ProblemAlert error={error} />
        ) : (
          <>
            <Text>{isOld ? texts.app.newVersion : texts.app.brokenNext}</Text>
            <Code block>{error.message}</Code>
          </>
        )}
        <Button onClick={() => window.location.reload()}>{texts.app.reload}</Button>
      </Stack>
    </Page>
  );
}
