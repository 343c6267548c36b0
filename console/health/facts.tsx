import type { ReactNode } from 'react';
import classes from './health.module.css';

/** Terms and what stands for them, in two columns; what is null is left out. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  const told = of.filter(([, value]) => value !== null);
  if (told.length === 0) return null;
  return (
    <dl className={classes.facts}>
      {told.map(([term, value]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
