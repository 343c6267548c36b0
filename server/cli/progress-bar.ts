import progress from 'cli-progress';

export interface ProgressBar {
  update(done: number): void;
  stop(): void;
}

/** A bar on standard error; nothing where there is no terminal. */
export function openProgressBar(cli: { isTerminal: boolean }, total: number, unit: string): ProgressBar {
  if (!cli.isTerminal || total <= 0) return { update: () => {}, stop: () => {} };
  const bar = new progress.SingleBar(
    {
      format: `{bar} {percentage} % of {total} ${unit}, {eta_formatted} left`,
      hideCursor: true,
      clearOnComplete: true,
      fps: 10,
    },
    progress.Presets.shades_classic,
  );
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}
