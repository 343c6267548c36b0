/** To the terminal: the first run downloads, and should not look as if it hung. */
export function say(message: string): void {
  console.log(message);
}
