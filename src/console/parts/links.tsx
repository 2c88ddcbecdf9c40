/** Links to pages of the console, as the library draws links and buttons. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes } from 'react';

type Given<Props> = Props &
  Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof Props | 'href' | 'style'>;

function AnchorOf(given: Given<AnchorProps>) {
  return <Anchor inherit underline="always" {...given} />;
}

function ButtonOf(given: Given<ButtonProps>) {
  return <Button component="a" {...given} />;
}

/** A link within a text or a table. */
export const PageLink = createLink(AnchorOf);

/** A link that looks like a button. */
export const ButtonLink = createLink(ButtonOf);
