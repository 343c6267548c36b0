interface Wish {
  /** In templates/. */
  file: string;
  alt: string;
  /** CSS pixels. */
  width: number;
  height: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
/** The signature, and the first chunk: it holds size, depth and colour type. */
const HEADER_BYTES = 33;
/** It travels with every mail. */
const MAX_BYTES = 100 * 1024;
const RGBA = 6;

/**
 * Reads the logo and holds it to what mail programs need: a PNG with real transparency, so that no white box shows in
 * the dark, and at least as many pixels as are shown, in the same shape.
 */
export function readLogoFile({ file, alt, width, height }: Wish, read: (name: string) => Buffer) {
  const refuse = (field: string, want: string): never => {
    throw new Error(`templates/brand.json, logo.${field}: ${want}`);
  };
  if (!/^[\w-][\w.-]*\.png$/.test(file)) refuse('file', 'the name of a PNG in templates/, like logo.png');
  if (!/^[^\p{Cc}<>"]{1,100}$/u.test(alt))
    refuse('alt', 'what the picture shows, in 1 to 100 characters, none of <>" and no control characters');
  for (const [field, size] of Object.entries({ width, height }))
    if (!Number.isInteger(size) || size < 16 || size > 320) refuse(field, `${size} is not 16 to 320 pixels`);

  const content = readOr(read, file, (why) => refuse('file', `templates/${file} cannot be read (${why})`));
  if (content.length < HEADER_BYTES || !content.subarray(0, 8).equals(SIGNATURE))
    refuse('file', `templates/${file} is no PNG`);
  const [wide, high, depth, type] = [
    content.readUInt32BE(16),
    content.readUInt32BE(20),
    content[24],
    content[25],
  ];
  if (depth !== 8 || type !== RGBA)
    refuse(
      'file',
      `templates/${file} is a PNG of colour type ${type}; want 6 (RGBA, 8 bits), with a transparent ground`,
    );
  if (wide < width || Math.abs(wide * height - high * width) > Math.max(wide, high))
    refuse(
      'file',
      `templates/${file} has ${wide}x${high} pixels; want the shape of ${width}x${height}, and no fewer`,
    );
  if (content.length > MAX_BYTES)
    refuse(
      'file',
      `templates/${file} has ${content.length} bytes; at most ${MAX_BYTES}, it goes with every mail`,
    );
  return { alt, width, height, filename: file, content };
}

function readOr(read: (name: string) => Buffer, file: string, otherwise: (why: string) => never): Buffer {
  try {
    return read(file);
  } catch (error) {
    return otherwise(error instanceof Error && 'code' in error ? String(error.code) : 'unknown');
  }
}
