import { useSyncExternalStore } from 'react';
import { useUtc } from '../app/settings.ts';
import { localTime } from './local-time.ts';

const MINUTE_MS = 60_000;
const listeners = new Set<() => void>();

/** How moments are said here: as the reader chose, and the other way for whoever asks. ISO 8601 goes in. */
export function useMoments(): { said(at: string): string; aside(at: string): string } {
  const [isUtc] = useUtc();
  // A screen that stands overnight must not say yesterday's time as one of today.
  const today = useSyncExternalStore(onMinutes, () => new Date().toDateString());
  const local = (at: string) => localTime(new Date(at), new Date(today));
  return isUtc ? { said: utcTime, aside: local } : { said: local, aside: utcTime };
}

function utcTime(at: string): string {
  return `${at.replace('T', ' ').replace('Z', '')} UTC`;
}

let timer: ReturnType<typeof setInterval> | undefined;

function onMinutes(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => listeners.forEach((tell) => tell()), MINUTE_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
