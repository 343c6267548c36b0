export interface TextLine {
  /** 1, 2, 3 … as an editor counts them. */
  line: number;
  /** Without its line end; cut at MAX_LINE_LENGTH. */
  text: string;
}

/** No line of keys is this long; a file without line ends must not fill the memory. */
export const MAX_LINE_LENGTH = 64 * 1024;

/** The lines of a text that comes in pieces; ends of \n, \r\n and \r count. An empty last line is left out. */
export async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<TextLine> {
  let line = 1;
  let rest = '';
  let afterReturn = false;
  for await (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const code = piece.charCodeAt(at);
      if (code === LINE_FEED && afterReturn) from = at + 1;
      else if (code === LINE_FEED || code === RETURN) {
        yield { line, text: cut(rest, piece.slice(from, at)) };
        line += 1;
        rest = '';
        from = at + 1;
      }
      afterReturn = code === RETURN;
    }
    rest = cut(rest, piece.slice(from));
  }
  if (rest !== '') yield { line, text: rest };
}

const LINE_FEED = 10;
const RETURN = 13;

function cut(start: string, end: string): string {
  return start.length >= MAX_LINE_LENGTH ? start : (start + end).slice(0, MAX_LINE_LENGTH);
}
