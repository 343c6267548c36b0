/** A month says enough where stock lasts longer, and a week where it is gone sooner. */
const SPANS = [7, 14, 30];

export interface Curve {
  /** How many days it spans. */
  days: number;
  /** From today on: the share of the span, and of the highest level. */
  points: [number, number][];
  /** The alarm's share of the highest level; null where it is not known. */
  alarm: number | null;
}

/** A straight way down, `perDay` keys a day, to nothing; a level one while none is sold. */
export function forecastCurve(given: { available: number; perDay: number; alarm: number | null }): Curve {
  const { available, perDay, alarm } = given;
  const daysLeft = perDay > 0 ? available / perDay : Infinity;
  const days = SPANS.find((span) => daysLeft <= span) ?? SPANS.at(-1) ?? 30;
  const top = Math.max(available, (alarm ?? 0) * 1.25, 1);
  const level = (day: number) => Math.max(0, available - perDay * day) / top;
  const points: [number, number][] = [[0, level(0)]];
  if (daysLeft < days) points.push([daysLeft / days, 0]);
  points.push([1, level(days)]);
  return { days, points, alarm: alarm === null ? null : alarm / top };
}
