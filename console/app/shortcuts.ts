import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { forgetSearch } from '../search/use-search-text.ts';
import { menu, pathOf } from './screens.tsx';
import { useLetterKeys } from './settings.ts';

/** So long after `g` a letter still means a screen. */
const SEQUENCE_MS = 1_500;
export const SEARCH_BOX = 'search-box';
/** Marks the button that takes an act back. */
export const UNDO = 'data-undo';

/** `/` searches, `?` helps, `z` goes to the newest undo, `g` and a letter goes to a screen. Not while somebody types, or a dialog is open, or where they are off. */
export function useShortcuts(openHelp: () => void): void {
  const [, navigate] = useLocation();
  const [isOn] = useLetterKeys();
  useEffect(() => {
    if (!isOn) return undefined;
    let goneAt = 0;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role=dialog]')) return;
      if (event.key === '/') {
        event.preventDefault();
        const box = document.getElementById(SEARCH_BOX);
        if (box instanceof HTMLInputElement) box.select();
        box?.focus();
      } else if (event.key === '?') openHelp();
      else if (event.key === 'z') [...document.querySelectorAll<HTMLElement>(`[${UNDO}]`)].at(-1)?.focus();
      else if (event.key === 'g') goneAt = event.timeStamp;
      else if (event.timeStamp - goneAt < SEQUENCE_MS) {
        const entry = menu.flatMap(({ entries }) => entries).find(({ letter }) => letter === event.key);
        goneAt = 0;
        if (entry?.screen === 'search') forgetSearch();
        if (entry) navigate(pathOf(entry.screen));
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, [navigate, openHelp, isOn]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
