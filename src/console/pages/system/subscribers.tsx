/** Who is told, and how that goes. */
import { List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api/client.ts';
import { asNumber } from '../../format.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { texts } from '../../texts.ts';

const LOOK_MS = 15_000;
const MOST_SHOWN = 100;

/** The list. */
export function Subscribers() {
  const { data, error } = useQuery({
    queryKey: ['subscriptions'],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/v1/events/subscriptions', { params: { query: { limit: MOST_SHOWN } }, signal }),
      ),
    refetchInterval: LOOK_MS,
  });
  const { system } = texts;
  if (error !== null) return <ProblemAlert error={error} />;
  if (data === undefined) return null;
  if (data.subscriptions.length === 0) return <Text>{system.noSubscribers}</Text>;
  return (
    <div>
      <Text fw={600}>{system.subscribers}</Text>
      <List>
        {data.subscriptions.map(({ id, url, pending, dead, disabledReason, lastError }) => (
          <List.Item key={id}>
            <code>{url ?? system.ownQueue}</code>
            <Text size="sm" c="dimmed">
              {system.subscriber(asNumber(pending), asNumber(dead))}
              {lastError !== null && `. ${lastError}`}
              {disabledReason !== null && `. ${system.disabled(disabledReason)}`}
            </Text>
          </List.Item>
        ))}
      </List>
    </div>
  );
}
