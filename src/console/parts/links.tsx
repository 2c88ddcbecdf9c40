/** Links to pages of the console, as text and as buttons; the router checks where they lead. */
import { Anchor, type AnchorProps, Button, type ButtonProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { ComponentPropsWithRef } from 'react';

type Of<Props, Tag extends 'a'> = Props & Omit<ComponentPropsWithRef<Tag>, keyof Props>;

/** A link in a text. */
export const TextLink = createLink((props: Of<AnchorProps, 'a'>) => <Anchor {...props} />);

/** A link that looks as a button does. */
export const ButtonLink = createLink((props: Of<ButtonProps, 'a'>) => (
  <Button component="a" {...props} />
));
