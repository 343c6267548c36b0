import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Names and values. What is null is left out. */
export function Facts({ of }: { of: [string, ReactNode][] }) {
  const told = of.filter(([, value]) => value !== null);
  if (told.length === 0) return null;
  return (
    <dl className={classes.facts}>
      {told.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
