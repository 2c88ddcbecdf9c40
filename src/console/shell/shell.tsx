/** What is around every page: navigation, search, and who is logged in. */
import { ActionIcon, Text } from '@mantine/core';
import { Outlet, useLocation } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { asZone } from '../format.ts';
import { CloseIcon, MenuIcon } from '../parts/icons.tsx';
import { texts } from '../texts.ts';
import { AccountMenu } from './account-menu.tsx';
import { Navigation } from './navigation.tsx';
import { Offline } from './offline.tsx';
import { OtherUser } from './other-user.tsx';
import { SearchBox } from './search-box.tsx';
import classes from './shell.module.css';
import { Simulator } from './simulator.tsx';

/** The frame of all pages. */
export function Shell() {
  const { pathname } = useLocation();
  const [isOpen, setIsOpen] = useState(false);
  // Whoever has chosen a page wants to see it: on a small screen the navigation covers it.
  useEffect(() => setIsOpen(false), [pathname]);
  const burger = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const close = ({ key }: KeyboardEvent) => {
      if (key !== 'Escape') return;
      setIsOpen(false);
      burger.current?.focus();
    };
    document.addEventListener('keydown', close);
    return () => document.removeEventListener('keydown', close);
  }, [isOpen]);
  return (
    <div className={classes.shell}>
      <a className={classes.skip} href={`${pathname}#content`} onClick={skip}>
        {texts.app.skip}
      </a>
      <header className={classes.header}>
        <ActionIcon
          ref={burger}
          className={classes.burger}
          variant="subtle"
          size="lg"
          aria-label={isOpen ? texts.nav.close : texts.nav.open}
          aria-expanded={isOpen}
          aria-controls="navigation"
          onClick={() => setIsOpen(!isOpen)}
        >
          {isOpen ? <CloseIcon /> : <MenuIcon />}
        </ActionIcon>
        <span className={classes.name}>{texts.app.name}</span>
        <SearchBox />
        <AccountMenu />
      </header>
      <nav
        id="navigation"
        className={classes.nav}
        aria-label={texts.nav.label}
        data-open={isOpen || undefined}
      >
        <div className={classes.links}>
          <Navigation />
        </div>
      </nav>
      <main id="content" className={classes.main} tabIndex={-1}>
        <Offline />
        <OtherUser />
        <Simulator />
        <Outlet />
        <Text size="sm" c="dimmed" mt="xl">
          {texts.app.zone(asZone())}
        </Text>
      </main>
    </div>
  );
}

/** The router would take the link for a page of its own. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
