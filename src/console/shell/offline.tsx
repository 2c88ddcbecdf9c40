/** Says at every page, once, that nobody answers: what is shown may be old. It goes with the first answer. */
import { Alert } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { isAway } from '../api/client.ts';
import { tellRefused, useIsAway, useIsSilent } from '../api/presence.ts';
import { lookAtSession } from '../api/session.ts';
import { texts } from '../texts.ts';

/** The line above the page. */
export function Offline() {
  const queries = useQueryClient();
  const isOffline = useIsAway();
  const isSilent = useIsSilent();
  useEffect(
    () =>
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== 'updated') return;
        const { action } = event;
        if (action.type === 'success' && action.manual !== true) tellRefused(false);
        if (action.type === 'failed' && isAway(action.error)) tellRefused(true);
      }),
    [queries],
  );
  // A page that looks at nothing more would never know that the service is back.
  useEffect(() => {
    if (isOffline) lookAtSession(queries);
  }, [isOffline, queries]);
  // What was asked of a line that is dead would wait for ever, while a new one is answered.
  const wasSilent = useRef(false);
  useEffect(() => {
    if (wasSilent.current && !isSilent) void queries.invalidateQueries();
    wasSilent.current = isSilent;
  }, [isSilent, queries]);
  return (
    isOffline && (
      <Alert color="orange" role="status" mb="md">
        {texts.app.offline}
      </Alert>
    )
  );
}
