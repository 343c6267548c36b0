import { PNG } from 'pngjs';
import { contrast } from './contrast.ts';
import type { Rgb } from './contrast.ts';
import type { Finding } from './gate-fault.ts';

/** White, and the grey that mail clients turn white into in the dark. */
const GROUNDS: Readonly<Record<string, Rgb>> = { '#ffffff': [255, 255, 255], '#121212': [18, 18, 18] };
const LEAST_CONTRAST = 3;
const TRUECOLOUR_WITH_ALPHA = 6;
/** Of the file: eight bytes of signature, then the header chunk, whose tenth byte is the colour type. */
const COLOUR_TYPE_AT = 8 + 8 + 9;

/**
 * Does the picture stand on light and on dark alike? Measured are the pixels of alpha 255: those between are the smooth
 * edge, which fades into whatever lies below. So that a picture that fades everywhere does not slip through, most of what
 * is visible must be opaque.
 */
export function logoFaults(png: Buffer): Finding[] {
  const faults: Finding[] = [];
  const fault = (what: string) => faults.push({ rule: 'logo', what });
  const colourType = png[COLOUR_TYPE_AT];
  if (colourType !== TRUECOLOUR_WITH_ALPHA) fault(`colour type ${colourType}, not ${TRUECOLOUR_WITH_ALPHA}`);
  const { width, height, data } = PNG.sync.read(png);
  const alphaAt = (pixel: number) => data[pixel * 4 + 3] ?? 0;
  const corners = [0, width - 1, (height - 1) * width, height * width - 1];
  if (corners.some((pixel) => alphaAt(pixel) !== 0)) fault('a corner is not transparent');

  const worst = new Map(Object.keys(GROUNDS).map((name) => [name, 21]));
  let visible = 0;
  let opaque = 0;
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    if (alphaAt(pixel) > 0) visible += 1;
    if (alphaAt(pixel) !== 255) continue;
    opaque += 1;
    const [red = 0, green = 0, blue = 0] = data.subarray(pixel * 4, pixel * 4 + 3);
    for (const [name, ground] of Object.entries(GROUNDS))
      worst.set(name, Math.min(worst.get(name) ?? 21, contrast([red, green, blue], ground)));
  }
  if (opaque <= visible / 2) fault(`${opaque} of ${visible} visible pixels are opaque`);
  for (const [name, least] of worst)
    if (least < LEAST_CONTRAST) fault(`contrast ${least.toFixed(2)} on ${name}, not ${LEAST_CONTRAST}`);
  return faults;
}
