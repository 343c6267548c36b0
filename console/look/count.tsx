import classes from './count.module.css';

/** A number behind a word; none of nothing. */
export function Count({ of = 0, isMore = false }: { of?: number; isMore?: boolean }) {
  if (of === 0) return null;
  return (
    <span className={classes.count}>
      {of > 999 ? '999+' : of}
      {isMore && of <= 999 && '+'}
    </span>
  );
}
