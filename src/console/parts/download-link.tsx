/** A file of the API; the browser fetches it by itself, with the session, into no memory of ours. */
import { Button } from '@mantine/core';
import { BASE } from '../api/client.ts';
import { DownloadIcon } from './icons.tsx';

/** The link. @param p.path of the API, with its query */
export function DownloadLink({
  path,
  name,
  text,
}: {
  readonly path: string;
  readonly name: string;
  readonly text: string;
}) {
  return (
    <Button
      component="a"
      variant="default"
      href={`${BASE}${path}`}
      download={name}
      leftSection={<DownloadIcon />}
    >
      {text}
    </Button>
  );
}
