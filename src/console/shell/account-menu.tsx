/** Who is logged in, the colours, and the ways out. */
import { Button, Menu, useMantineColorScheme } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useLogOut, useSession } from '../api/session.ts';
import { Dialog } from '../parts/dialog.tsx';
import { PersonIcon } from '../parts/icons.tsx';
import { ProblemAlert } from '../parts/problem-alert.tsx';
import { texts } from '../texts.ts';
import classes from './account-menu.module.css';

const SCHEMES = ['auto', 'light', 'dark'] as const;

/** The menu. */
export function AccountMenu() {
  const { data: session } = useSession();
  const leaving = useMutation({ mutationFn: useLogOut() });
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  if (session == null) return null;
  const { menu } = texts;
  return (
    <>
      <Dialog opened={leaving.error !== null} onClose={leaving.reset} title={menu.stillIn}>
        {leaving.error !== null && <ProblemAlert error={leaving.error} />}
      </Dialog>
      <Menu position="bottom-end" width={240} withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            leftSection={<PersonIcon />}
            aria-label={menu.label(session.user)}
            classNames={{ label: classes.label ?? '', section: classes.section ?? '' }}
          >
            {session.user}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{`${session.user} · ${menu.role(texts.roles[session.role])}`}</Menu.Label>
          <Menu.Item component={Link} to="/account">
            {texts.nav.account}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Label>{menu.scheme}</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            aria-label={menu.scheme}
            onChange={(scheme) => setColorScheme(scheme as (typeof SCHEMES)[number])}
          >
            {SCHEMES.map((scheme) => (
              <Menu.RadioItem key={scheme} value={scheme}>
                {menu.schemes[scheme]}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          {session.by === 'session' && (
            <>
              <Menu.Divider />
              <Menu.Item onClick={() => leaving.mutate('here')}>{menu.logOut}</Menu.Item>
              <Menu.Item onClick={() => leaving.mutate('everywhere')}>
                {menu.logOutEverywhere}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
