/** The frame of one page: its title, what can be done with all of it, and its content. Tells screen readers and the tab its name. */
import { Group, Title } from '@mantine/core';
import { type ReactNode, useEffect, useRef } from 'react';
import { texts } from '../texts.ts';
import classes from './page.module.css';

/** The page that a browser loaded begins at its top: the first key leads past the navigation. */
let isFirst = true;

/** A page. @param p.beside a state beside its title @param p.actions buttons and links at its right */
export function Page({
  title,
  beside,
  actions,
  children,
}: {
  readonly title: string;
  readonly beside?: ReactNode;
  readonly actions?: ReactNode;
  readonly children?: ReactNode;
}) {
  useEffect(() => {
    document.title = texts.app.title(title);
  }, [title]);
  const heading = useRef<HTMLHeadingElement>(null);
  // Else the focus stays at a link that is gone, and nobody who does not see it knows that there is another page.
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  return (
    <div className={classes.page}>
      <div className={classes.head}>
        <Group gap="sm" className={classes.name ?? ''}>
          <Title order={1} size="h2" ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {beside}
        </Group>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </div>
      {children}
    </div>
  );
}
