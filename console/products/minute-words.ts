/** A number of minutes as people say it: `1 day`, `90 minutes`, `not at all`. */
export function minuteWords(minutes: number): string {
  if (minutes === 0) return 'not at all';
  const [size, word] =
    minutes % 1440 === 0 ? [1440, 'day'] : minutes % 60 === 0 ? [60, 'hour'] : [1, 'minute'];
  const count = minutes / size;
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
