import classes from './badge.module.css';
import { toneOf, wordOf } from './status-words.ts';

/** A status, an outcome or a verdict, in its colour and in a word that people use. */
export function StatusBadge({ status, title }: { status: string; title?: string }) {
  return (
    <span className={classes.badge} data-tone={toneOf(status)} title={title}>
      {wordOf(status)}
    </span>
  );
}
