import { AppShell, Burger, Group, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { lazy, Suspense, useRef } from 'react';
import { Link, Route, Switch, useLocation } from 'wouter';
import { SCREENS, type Screen } from '../../shared/screens.ts';
import { Loading } from '../look/loading.tsx';
import { NotFound } from '../look/not-found.tsx';
import { SearchBox } from '../search/search-box.tsx';
import { forgetSearch } from '../search/use-search-text.ts';
import { CONTENT, focusContent, useArrival } from './arrive.ts';
import { AwayNote } from './away-note.tsx';
import { MemberMenu } from './member-menu.tsx';
import { Navigation } from './navigation.tsx';
import { ScreenBoundary } from './screen-boundary.tsx';
import { components } from './screens.tsx';
import { useShortcuts } from './shortcuts.ts';
import classes from './shell.module.css';

/** Its dialog is no part of the first load. */
const KeyboardHelp = lazy(() => import('./keyboard-help.tsx'));
const screens = Object.keys(components).filter((name): name is Screen => name in SCREENS);

/** The frame of every screen: search on top, the menu at the side. */
export function Shell() {
  const [isMenuOpen, menu] = useDisclosure();
  const [isHelpOpen, help] = useDisclosure();
  const burger = useRef<HTMLButtonElement>(null);
  const [location] = useLocation();
  useShortcuts(help.open);
  useArrival();
  return (
    <AppShell
      header={{ height: 60 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !isMenuOpen } }}
      padding={0}
    >
      <a
        className={classes.skip}
        href={`#${CONTENT}`}
        onClick={(event) => {
          // No step of the way back.
          event.preventDefault();
          focusContent();
        }}
      >
        Skip to the content
      </a>
      <AppShell.Header className={classes.header}>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger
            ref={burger}
            opened={isMenuOpen}
            onClick={menu.toggle}
            hiddenFrom="sm"
            size="sm"
            aria-label="Menu"
            aria-expanded={isMenuOpen}
            aria-controls="menu"
          />
          <UnstyledButton
            component={Link}
            href="/"
            onClick={forgetSearch}
            className={classes.brand}
            aria-label="Key Bank, start"
          >
            <img src="/key.svg" alt="" width={26} height={26} />
            <Text fw={650} visibleFrom="sm">
              Key Bank
            </Text>
          </UnstyledButton>
          <SearchBox />
          <MemberMenu openHelp={help.open} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        className={classes.navbar}
        p="sm"
        aria-label="Screens"
        id="menu"
        onKeyDown={({ key }) => {
          if (key !== 'Escape') return;
          menu.close();
          burger.current?.focus();
        }}
      >
        <Navigation close={menu.close} />
      </AppShell.Navbar>
      <AppShell.Main id={CONTENT} tabIndex={-1} className={classes.main}>
        <AwayNote />
        <ScreenBoundary key={location}>
          <Suspense fallback={<Loading />}>
            <Switch>
              {screens.map((screen) => (
                <Route key={screen} path={SCREENS[screen]} component={components[screen]} />
              ))}
              <Route component={NotFound} />
            </Switch>
          </Suspense>
        </ScreenBoundary>
      </AppShell.Main>
      {isHelpOpen && (
        <Suspense>
          <KeyboardHelp
            close={() => {
              help.close();
              focusContent();
            }}
          />
        </Suspense>
      )}
    </AppShell>
  );
}
