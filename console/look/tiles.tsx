import type { ReactNode } from 'react';
import classes from './tiles.module.css';

/** Cards beside one another, each at least so wide (rem) where there is room. */
export function Tiles({ least, children }: { least: number; children: ReactNode }) {
  return (
    // React's own type knows no properties of ours.
    <div className={classes.tiles} ref={(place) => place?.style.setProperty('--tile', `${least}rem`)}>
      {children}
    </div>
  );
}
