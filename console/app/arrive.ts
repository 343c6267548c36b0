import { useEffect, useRef } from 'react';
import { useLocation, useSearch } from 'wouter';
import { SEARCH_BOX } from './shortcuts.ts';

export const CONTENT = 'screen';

/**
 * On another screen one begins at its top, and a screen reader at its content. Who goes back is left to the browser, which knows
 * where they were; who types in the search box stays in it.
 */
export function useArrival(): void {
  const [location] = useLocation();
  const search = useSearch();
  const former = useRef(location);
  const isBack = useRef(false);
  useEffect(() => {
    const goBack = () => (isBack.current = true);
    addEventListener('popstate', goBack);
    return () => removeEventListener('popstate', goBack);
  }, []);
  useEffect(() => {
    const wasBack = isBack.current;
    isBack.current = false;
    if (former.current === location) return;
    former.current = location;
    if (!wasBack) scrollTo(0, 0);
    if (document.activeElement?.id !== SEARCH_BOX) focusContent();
  }, [location, search]);
}

/** Where a button goes with its click, and the focus with it: whoever uses the keyboard is not left nowhere. */
export function focusContent(): void {
  document.getElementById(CONTENT)?.focus({ preventScroll: true });
}
