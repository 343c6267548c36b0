import progress from 'cli-progress';

export interface ProgressBar {
  update(done: number): void;
  stop(): void;
}

type Unit = 'bytes' | 'bookings' | 'deliveries';

/** A bar on standard error; nothing where there is no terminal. */
export function openProgressBar(cli: { isTerminal: boolean }, total: number, unit: Unit): ProgressBar {
  if (!cli.isTerminal || total <= 0) return { update: () => {}, stop: () => {} };
  const bar = new progress.SingleBar(
    {
      format: (options, params) => barText(options, params, unit),
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    },
    progress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

/** Below this the time left is a guess that frightens. */
const ESTIMATE_FROM = 0.05;

export function barText(
  options: Pick<progress.Options, 'barsize' | 'barCompleteString' | 'barIncompleteString'>,
  { progress: share, eta, total }: Pick<progress.Params, 'progress' | 'eta' | 'total'>,
  unit: Unit,
): string {
  const size = options.barsize ?? 40;
  const done = Math.round(Math.min(1, share) * size);
  const bar =
    (options.barCompleteString ?? '').slice(0, done) +
    (options.barIncompleteString ?? '').slice(0, size - done);
  const whole =
    unit === 'bytes' ? `${(total / 1e6).toFixed(1)} MB` : `${total.toLocaleString('en-US')} ${unit}`;
  const left = share >= ESTIMATE_FROM && Number.isFinite(eta) ? `, ${timeText(eta)} left` : '';
  return `${bar} ${Math.floor(share * 100)} % of ${whole}${left}`;
}

function timeText(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
