/** Says at every page that nobody is really asked, where the service talks to its simulator. */
import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { SETUP } from '../api/setup-query.ts';
import { texts } from '../texts.ts';

/** The line above the page. */
export function Simulator() {
  const { data: setup } = useQuery(SETUP);
  if (setup?.simulator !== true) return null;
  return (
    <Text size="sm" fw={600} mb="sm">
      {texts.app.simulator}
    </Text>
  );
}
