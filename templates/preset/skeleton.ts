/**
 * The document around the mail: no style block at all. `color-scheme` stands on the root since Apple Mail honours it
 * only there; the metas tell every other client. `format-detection` keeps phones from linking keys as numbers.
 */
export function skeleton(...received: unknown[]): string {
  const [options] = received;
  const read = (name: string): string => {
    if (typeof options !== 'object' || options === null) return '';
    const value: unknown = Reflect.get(options, name);
    return typeof value === 'string' ? value : '';
  };
  return `<!doctype html>
<html lang="${read('lang')}" dir="${read('dir')}" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" style="color-scheme:light dark;">
<head>
<title>${read('title')}</title>
<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="x-apple-disable-message-reformatting">
<!--[if mso]><noscript><xml><o:OfficeDocumentSettings><o:AllowPNG/><o:PixelsPerInch>96</o:PixelsPerInch></o:OfficeDocumentSettings></xml></noscript><![endif]-->
</head>
${read('content')}
</html>
`;
}
