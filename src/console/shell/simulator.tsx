/** Says at every page that nobody is really asked, where the service talks to its simulator. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SETUP } from '../api/setup-query.ts';
import { texts } from '../texts.ts';

const LOOK_MS = 5_000;
/** Meta itself is elsewhere. */
const HERE = /^https?:\/\/(?:localhost|127\.|\[::1\])/;

/** The line above the page. */
export function Simulator() {
  const { data: setup } = useQuery({
    ...SETUP,
    // One that was busy, or began later than the service, has not said that it is one.
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && !data.simulator && HERE.test(data.graphBaseUrl) ? LOOK_MS : false,
  });
  if (setup?.simulator !== true) return null;
  return (
    <Text size="sm" fw={600} mb="sm">
      {texts.app.simulator}
    </Text>
  );
}
