import { InvalidArgumentError } from 'commander';

/** The reason of set-up commands: whoever runs one has the server in his hands, may give another, and need not. */
export const BY_COMMAND = 'by command';

/** The command line does not fit together; exit status 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

/** Reads an option's number. */
export function wholeNumber(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (!(value >= from && value <= to))
      throw new InvalidArgumentError(`It is a number from ${from} to ${to}.`);
    return value;
  };
}
