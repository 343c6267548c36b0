import { PNG } from 'pngjs';
import type { RenderedMail } from '../../server/mail/render.ts';
import type { Rule } from './gate-fault.ts';

// Faults of each kind, to be planted into a clean mail: what the gate must name.

const T = '<table role="presentation" border="0" cellpadding="0" cellspacing="0">';
const td = (attributes: string) => `${T}<tr><td ${attributes}>x</td></tr></table>`;
const img = (attributes: string) => `<img ${attributes}>`;
const css = (style: string) => `<span style="${style}">x</span>`;

/** Stand inside a cell of the mail, so they can be planted for Word alone and for all others alone too. */
export const SNIPPETS: readonly (readonly [Rule, string])[] = [
  ['element', '<div>x</div>'],
  ['element', '<style>p{margin:0}</style>'],
  ['element', '<link rel="stylesheet" href="https://x.example/x.css">'],
  ['element', '<script>x</script>'],
  ['element', '<iframe src="https://x.example/"></iframe>'],
  ['element', '<form action="https://x.example/">x</form>'],
  ['element', '<DIV>x</DIV>'],
  ['attribute', '<span class="x">x</span>'],
  ['attribute', '<span id="x">x</span>'],
  ['attribute', '<span onclick="x()">x</span>'],
  ['attribute', '<span ONLOAD="x()">x</span>'],
  ['attribute', '<a href="https://x.example/" target="_blank">x</a>'],
  ['attribute', td('background="https://x.example/x.png"')],
  ['nesting', `${T}<td>x</td></table>`],
  ['nesting', '<tr><td>x</td></tr>'],
  ['nesting', '<td>x</td>'],
  ['nesting', `${T}<tr>x<td>x</td></tr></table>`],
  ['nesting', `${T}<tr><td>x</td></tr>x</table>`],
  ['nesting', `${T}<tbody><tr><td>x</td></tr></tbody></table>`],
  ['nesting', `${T}<tr><th>x</th></tr></table>`],
  ['nesting', `${T}<tr><td>x</td><img></tr></table>`],
  ['nesting', `<span>${td('')}</span>`],
  ['closing', `${T}<tr><td>x</td></table>`],
  ['closing', `${T}<tr><td>x</tr></table>`],
  ['closing', `${T}<tr><td>x</td></td></tr></table>`],
  ['closing', '<span>x'],
  ['closing', '</span>'],
  ['closing', '</p>'],
  ['table', '<table border="0" cellpadding="0" cellspacing="0"><tr><td>x</td></tr></table>'],
  ['table', '<table role="presentation" cellpadding="0" cellspacing="0"><tr><td>x</td></tr></table>'],
  ['table', '<table role="presentation" border="0" cellspacing="0"><tr><td>x</td></tr></table>'],
  [
    'table',
    '<table role="presentation" border="0" cellpadding="1" cellspacing="0"><tr><td>x</td></tr></table>',
  ],
  ['table', '<table role="presentation" border="0" cellpadding="0"><tr><td>x</td></tr></table>'],
  [
    'image',
    img('src="https://x.example/x.png" height="5" alt="" style="display:block;width:5px;height:5px;"'),
  ],
  [
    'image',
    img('src="https://x.example/x.png" width="5" alt="" style="display:block;width:5px;height:5px;"'),
  ],
  [
    'image',
    img('src="https://x.example/x.png" width="5" height="5" style="display:block;width:5px;height:5px;"'),
  ],
  ['image', img('src="https://x.example/x.png" width="5" height="5" alt="" style="width:5px;height:5px;"')],
  [
    'image',
    img('src="https://x.example/x.png" width="5" height="5" alt="" style="display:block;width:5px;"'),
  ],
  [
    'image',
    img(
      'src="http://x.example/x.png" width="5" height="5" alt="" style="display:block;width:5px;height:5px;"',
    ),
  ],
  [
    'image',
    img(
      'src="data:image/png;base64,eA" width="5" height="5" alt="" style="display:block;width:5px;height:5px;"',
    ),
  ],
  ['image', img('width="5" height="5" alt="" style="display:block;width:5px;height:5px;"')],
  ['link', '<a href="http://x.example/">x</a>'],
  ['link', '<a href="javascript:alert(1)">x</a>'],
  ['link', '<a>x</a>'],
  ['css', css('color')],
  ['css', css('color:')],
  ['css', css('color:#1111111')],
  ['css', css('colour:#111111')],
  ['css', css('font-size:16')],
  ['css', css('color:#111111}color:#111111')],
  ['property', css('float:left')],
  ['property', css('position:absolute')],
  ['property', css('display:flex')],
  ['property', css('display:inline-flex')],
  ['property', css('flex-grow:1')],
  ['property', css('display:grid')],
  ['property', css('grid-template-columns:1px')],
  ['property', css('background-image:none')],
  ['property', td('bgcolor="#ffffff" style="background:#ffffff"')],
  ['property', css('FLOAT:left')],
  ['function', css('background:url(https://x.example/x.png)')],
  ['function', css("list-style-image:url('https://x.example/x.png')")],
  ['function', css('color:var(--x)')],
  ['function', css('width:calc(100% - 1px)')],
  ['function', css('color:rgb(0,0,0)')],
  ['important', css('color:#111111 !important')],
  ['margin', td('style="margin:0"')],
  ['margin', td('style="margin-left:0"')],
  ['margin', T.replace('>', ' style="margin:0 auto"><tr><td>x</td></tr></table>')],
  ['colour', css('color:#fff')],
  ['colour', css('color:#ffffffff')],
  ['colour', css('color:red')],
  ['colour', css('border:1px solid transparent')],
  ['colour', css('color:#fff;color:light-dark(#fff,#000)')],
  ['colour', td('bgcolor="white"')],
  ['light-dark', css('color:light-dark(#000000,#ffffff)')],
  ['light-dark', css('color:#000000;font-weight:400;color:light-dark(#000000,#ffffff)')],
  ['light-dark', css('border-color:#000000;color:light-dark(#000000,#ffffff)')],
  ['light-dark', css('color:#000000;color:light-dark(#111111,#ffffff)')],
  ['light-dark', css('border:1px solid #000000;border:1px solid light-dark(#000000,#ffffff)')],
  ['bgcolor', td('style="background-color:#ffffff"')],
  ['bgcolor', td('bgcolor="#000000" style="background-color:#ffffff"')],
  ['bgcolor', css('background-color:#ffffff')],
  ['bgcolor', td('bgcolor="#ffffff" style="background-color:inherit"')],
];

type Html = (html: string) => string;
/** Changes to a whole mail: what is missing, and what is neither in one view nor in the other. */
export const CHANGES: readonly (readonly [Rule, string, Html])[] = [
  ['size', '102 KB', (html) => html.replace('</body>', `${'x'.repeat(102 * 1024 - html.length)}</body>`)],
  ['conditional', 'an if without its endif', inBody('<!--[if mso]><span>x</span>')],
  ['conditional', 'an endif without its if', inBody('<![endif]-->')],
  ['conditional', 'an if in an if', inBody('<!--[if mso]><!--[if mso]>x<![endif]--><![endif]-->')],
  ['conditional', 'as many, in the wrong order', inBody('<![endif]--><!--[if mso]>')],
  ['conditional', 'an if of another client', inBody('<!--[if IE]>x<![endif]-->')],
  ['conditional', 'a comment in a comment', inBody('<!--[if mso]><!-- x -->x<![endif]-->')],
  ['conditional', 'an if that all clients open', inBody('<![if !mso]>x<![endif]>')],
  ['placeholder', 'an opening brace pair', inBody('{{name')],
  ['placeholder', 'a closing brace pair', inBody('name}}')],
  ['placeholder', 'a block mark', inBody('<!--each keys-->')],
  ['placeholder', 'the end of a block', inBody('<!--end keys-->')],
  ['document', 'no doctype', (html) => html.replace(/<!doctype html>/i, '')],
  ['document', 'two bodies', inBody('<body></body>')],
  ['lang', 'no language', (html) => html.replace(/ lang="[^"]*"/, '')],
  ['lang', 'an empty language', (html) => html.replace(/ lang="[^"]*"/, ' lang=""')],
  ['title', 'an empty title', (html) => html.replace(/<title>[^<]*/, '<title> ')],
  ['color-scheme', 'no meta', (html) => html.replace(/<meta name="color-scheme"[^>]*>/, '')],
  ['color-scheme', 'no older meta', (html) => html.replace(/<meta name="supported-color-schemes"[^>]*>/, '')],
  ['color-scheme', 'a meta of light only', (html) => html.replace('content="light dark"', 'content="light"')],
  ['color-scheme', 'none on the root', (html) => html.replace('color-scheme:light dark;', '')],
  ['preheader', 'none', (html) => html.replace(/<span[^>]*mso-hide[\s\S]*?<\/span>/, '')],
  ['preheader', 'no text but padding', (html) => html.replace(/(mso-hide:all;">)[^&<]*/, '$1')],
  ['preheader', 'one to be seen', (html) => html.replace('display:none;', '')],
  ['preheader', 'one that Word shows', (html) => html.replace('mso-hide:all;', '')],
  ['preheader', 'text before it', (html) => html.replace(/(<body[^>]*>)/, '$1x')],
];

function inBody(snippet: string): Html {
  return (html) => html.replace('</body>', `${snippet}</body>`);
}

type Change = (mail: RenderedMail) => RenderedMail;
/** Changes to the pictures of a mail. */
export const PICTURES: readonly (readonly [Rule, string, Change])[] = [
  ['cid', 'a picture that is not brought', (mail) => ({ ...mail, inline: [] })],
  [
    'cid',
    'a picture that is not shown',
    (mail) => ({ ...mail, html: mail.html.replace('cid:', 'https://') }),
  ],
  ['logo', 'no transparency', redraw(() => {}, 2)],
  ['logo', 'an opaque corner', redraw(({ data }) => data.set([192, 132, 32, 255]))],
  ['logo', 'one pixel too pale for white', redraw((png) => paint(png, [255, 240, 200, 255]))],
  ['logo', 'one pixel too dark for the dark', redraw((png) => paint(png, [40, 30, 10, 255]))],
  ['logo', 'faint all over', redraw(fade)],
];

/** The mail with its first picture changed; colour type 2 is without transparency. */
function redraw(change: (png: PNG) => void, colorType: 2 | 6 = 6): Change {
  return (mail) => ({
    ...mail,
    inline: mail.inline.map((image) => {
      const png = PNG.sync.read(image.content);
      change(png);
      return { ...image, content: PNG.sync.write(png, { colorType }) };
    }),
  });
}

function paint({ data }: PNG, colour: readonly number[]): void {
  const alphaAt = data.findIndex((part, at) => at % 4 === 3 && part === 255);
  data.set(colour, alphaAt - 3);
}

function fade({ data }: PNG): void {
  for (let at = 3; at < data.length; at += 4) data[at] = Math.min(data[at] ?? 0, 120);
}
