const DAY_MS = 24 * 60 * 60_000;

/** Short where that is clear: the time of today, the day of this year, the year where it is another. Of the reader's zone and language. */
export function localTime(at: Date, now: Date): string {
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  if (at.toDateString() === now.toDateString())
    return at.toLocaleTimeString(undefined, { ...clock, second: '2-digit' });
  const isYear = at.getFullYear() === now.getFullYear();
  const day = at.toLocaleDateString(undefined, {
    day: 'numeric',
    month: 'short',
    ...(!isYear && { year: 'numeric' }),
  });
  return `${day}, ${at.toLocaleTimeString(undefined, clock)}`;
}

/** How long something lasts or lies ahead, in its largest unit: `3 days`, `20 minutes`. */
export function span(ms: number): string {
  const units: [number, string][] = [
    [DAY_MS, 'day'],
    [60 * 60_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ];
  const [size, word] = units.find(([unit]) => ms >= unit) ?? [1000, 'second'];
  const count = Math.floor(ms / size);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
