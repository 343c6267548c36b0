import { Box, CloseButton, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import { useLocation } from 'wouter';
import { focusContent } from '../app/arrive.ts';
import { SEARCH_BOX } from '../app/shortcuts.ts';
import { focusResult, onlyResult } from './results.tsx';
import { useSearchText } from './use-search-text.ts';

/** Somebody who types is not interrupted; who stops has the finds at once. */
const PAUSE_MS = 250;
/** One letter finds half the shop. */
const LEAST = 2;

/** The one search box, on every screen. */
export function SearchBox() {
  const [text, search] = useSearchText();
  const [typed, setTyped] = useState(text);
  const [location, navigate] = useLocation();
  const timer = useRef<number | undefined>(undefined);

  const [former, setFormer] = useState(text);
  // Another screen, a link or the way back changed it; the blank after a word that somebody types on stays.
  if (former !== text) {
    setFormer(text);
    if (typed.trim() !== text) setTyped(text);
  }
  // Who has gone elsewhere is not brought back by what they began to type.
  useEffect(() => () => clearTimeout(timer.current), [location]);

  function type(value: string) {
    setTyped(value);
    clearTimeout(timer.current);
    const isEnough = value.trim().length >= LEAST;
    if (isEnough || (value === '' && location === '/'))
      timer.current = window.setTimeout(() => search(value), PAUSE_MS);
  }

  function press(event: KeyboardEvent) {
    if (event.key === 'Enter') {
      clearTimeout(timer.current);
      const only = typed.trim() === text ? onlyResult() : null;
      if (only !== null) {
        focusContent();
        navigate(only);
      } else search(typed);
    }
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      focusResult(0);
    }
    if (event.key === 'Escape') type('');
  }

  function clear() {
    type('');
    document.getElementById(SEARCH_BOX)?.focus();
  }

  return (
    <TextInput
      id={SEARCH_BOX}
      type="text"
      role="searchbox"
      enterKeyHint="search"
      aria-label="Find an order: e-mail, name, order, coupon or key"
      placeholder="E-mail, name, order, coupon, key …"
      leftSection={<IconSearch size={18} aria-hidden />}
      rightSection={
        typed === '' ? (
          <Box component="kbd" visibleFrom="sm" aria-hidden>
            /
          </Box>
        ) : (
          <CloseButton size="md" aria-label="Clear the search" onClick={clear} />
        )
      }
      value={typed}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={press}
      autoComplete="off"
      spellCheck={false}
      flex={1}
      maw={560}
    />
  );
}
