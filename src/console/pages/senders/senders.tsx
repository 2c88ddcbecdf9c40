/** The phone numbers that ask: how fast, what holds them, and what Meta told of them. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf, isAway } from '../../api/client.ts';
import { healthQuery } from '../../api/health-query.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { PageLoading } from '../../shell/page-states.tsx';
import { texts } from '../../texts.ts';
import { SenderCard } from './sender-card.tsx';

const LOOK_MS = 5_000;

/** The page. */
export function Senders() {
  const { data, error, refetch } = useQuery({
    queryKey: ['senders'],
    queryFn: ({ signal }) =>
      dataOf(api.GET('/v1/senders', { params: { query: { limit: 1_000 } }, signal })),
    refetchInterval: LOOK_MS,
  });
  // Which number it is Meta alone knows: it is asked for the page of health too.
  const { data: health } = useQuery(healthQuery);
  return (
    <Page title={texts.senders.title}>
      {error !== null && (data === undefined || !isAway(error)) && (
        <ProblemAlert error={error} onRetry={() => void refetch()} />
      )}
      {data === undefined && error === null && <PageLoading />}
      {data?.senders.length === 0 && <Text>{texts.senders.none}</Text>}
      {data?.senders.map((one) => (
        <SenderCard
          key={one.sender}
          sender={one}
          number={health?.findings.find(
            ({ check, sender }) => check === 'number' && sender === one.sender,
          )}
        />
      ))}
    </Page>
  );
}
