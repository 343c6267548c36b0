import type { Outputs } from '../app/outputs.ts';
import classes from './forecast-chart.module.css';
import { forecastCurve } from './forecast-curve.ts';

const [WIDTH, HEIGHT] = [320, 64];

/** The stock of the coming days at today's pace, and the level below which the admin is told. The words beside it say the same. */
export function ForecastChart(props: {
  line: Outputs['stock']['list']['products'][number];
  /** Keys; null where it is not known. */
  alarm: number | null;
}) {
  const { available, perDay } = props.line;
  const curve = forecastCurve({ available, perDay, alarm: props.alarm });
  const x = (share: number) => share * WIDTH;
  const y = (share: number) => 4 + (1 - share) * (HEIGHT - 8);
  const points = curve.points.map(([at, level]) => `${x(at).toFixed(1)},${y(level).toFixed(1)}`);
  const [first = '0,0', last = '0,0'] = [points[0], points.at(-1)];
  return (
    <figure className={classes.figure}>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        aria-hidden
        className={classes.chart}
      >
        <polygon
          className={classes.area}
          points={`${points.join(' ')} ${last.split(',')[0]},${HEIGHT} ${first.split(',')[0]},${HEIGHT}`}
        />
        <polyline className={classes.line} points={points.join(' ')} />
        {curve.alarm !== null && (
          <line className={classes.alarm} x1={0} x2={WIDTH} y1={y(curve.alarm)} y2={y(curve.alarm)} />
        )}
      </svg>
      <figcaption className={classes.caption}>
        <span>today</span>
        <span>in {curve.days} days</span>
      </figcaption>
    </figure>
  );
}
