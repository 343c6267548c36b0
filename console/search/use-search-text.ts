import { useSyncExternalStore } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { isShareable } from './shareable.ts';

let hidden = '';
const listeners = new Set<() => void>();

/** SECURITY: who sits down next does not see what was looked for; it may be a whole key. */
export function forgetSearch(): void {
  hide('');
}

function hide(text: string): void {
  hidden = text;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** What is looked for: from the address, or from memory where it must not stand in an address. */
export function useSearchText(): [string, (text: string) => void] {
  const [location, navigate] = useLocation();
  const [params] = useSearchParams();
  const unseen = useSyncExternalStore(subscribe, () => hidden);
  const search = (text: string) => {
    // People say "order #101".
    const words = text.trim().replace(/^(?:order\s*)?#\s*/i, '');
    const isOpen = words === '' || isShareable(words);
    hide(isOpen ? '' : words);
    const query = isOpen && words !== '' ? `?${new URLSearchParams({ q: words })}` : '';
    navigate(`/${query}`, { replace: location === '/' });
  };
  return [location === '/' ? (params.get('q') ?? unseen) : '', search];
}
