import { useEffect, useState } from 'react';

/** A whole key on a screen is read out or copied within that. */
const SHOWN_MS = 60_000;

/** SECURITY: what was revealed lives in this place of the page alone, and for a minute: in no cache, no storage, no address. */
export function useShortly<T>(): [T | null, (value: T) => void] {
  const [value, setValue] = useState<T | null>(null);
  useEffect(() => {
    if (value === null) return undefined;
    const timer = setTimeout(() => setValue(null), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return [value, setValue];
}
