/** The tabs of a browser have one session: where somebody else logs in in one of them, the others say so. */
import { Alert } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useSession } from '../api/session.ts';
import { texts } from '../texts.ts';

/** The line above the page. */
export function OtherUser() {
  const queries = useQueryClient();
  const { data: session } = useSession();
  const now = session?.user;
  const [known, setKnown] = useState(now);
  const isOther = now !== undefined && known !== undefined && now !== known;
  // What was looked at may be nothing that they may see.
  useEffect(() => {
    if (isOther) void queries.invalidateQueries();
  }, [isOther, queries]);
  if (!isOther) return null;
  return (
    <Alert
      color="orange"
      role="alert"
      mb="md"
      withCloseButton
      closeButtonLabel={texts.app.close}
      onClose={() => setKnown(now)}
    >
      {texts.app.otherUser(now, known)}
    </Alert>
  );
}
