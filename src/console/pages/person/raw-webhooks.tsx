/** What Meta told of a request, as it came: looked for when somebody asks, since it is read from the deliveries themselves. */
import { Button, Code, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, dataOf, type Schema } from '../../api/client.ts';
import { asExactTime } from '../../format.ts';
import { given } from '../../given.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

/** The button, and behind it the webhooks. */
export function RawWebhooks({ requestId }: { readonly requestId: string }) {
  const [isOpen, setIsOpen] = useState(false);
  const { data, error, isFetching, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ['webhooks-of', requestId],
    enabled: isOpen,
    initialPageParam: undefined as string | undefined,
    queryFn: ({ pageParam, signal }) => look(requestId, pageParam, signal),
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const { line: text } = texts;
  if (!isOpen)
    return (
      <Button variant="default" onClick={() => setIsOpen(true)}>
        {text.showRaw}
      </Button>
    );
  // A further look may find some of the first one again.
  const found = new Map(
    data?.pages
      .flatMap(({ webhooks }) => webhooks)
      .map((one) => [`${one.delivery} ${one.raw}`, one]),
  );
  return (
    <Stack align="stretch" aria-busy={isFetching}>
      {isFetching && <Text role="status">{texts.app.loading}</Text>}
      {error !== null && <ProblemAlert error={error} />}
      {data !== undefined && found.size === 0 && <Text c="dimmed">{text.noRaw}</Text>}
      {[...found].map(([key, { receivedAt, field, kind, raw }]) => (
        <div key={key}>
          <Text size="sm">
            {asExactTime(receivedAt)} · <code>{`${field} / ${kind}`}</code>
          </Text>
          <Code block tabIndex={0} role="region" aria-label={text.raw}>
            {indented(raw)}
          </Code>
        </div>
      ))}
      {hasNextPage && (
        <Button variant="default" loading={isFetching} onClick={() => void fetchNextPage()}>
          {text.moreRaw}
        </Button>
      )}
    </Stack>
  );
}

function look(
  id: string,
  after: string | undefined,
  signal: AbortSignal,
): Promise<Schema<'RequestWebhooks'>> {
  const params = { path: { id }, query: given({ after }) };
  return dataOf(api.GET('/v1/requests/{id}/webhooks', { params, signal }));
}

function indented(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2);
  } catch {
    return raw;
  }
}
