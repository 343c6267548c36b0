import { escapeHtml } from '../escape-html.ts';
import { inTheme, type GalleryMail } from './gallery.ts';
import { GALLERY_STYLE } from './gallery-style.ts';

export interface GalleryFile {
  name: string;
  content: string;
}

/** Stands in index.html: by it a folder is known to be a gallery, whose files may be replaced. */
export const GALLERY_MARK = '<meta name="generator" content="Key Bank mail gallery">';
export const isGalleryFile = (name: string): boolean =>
  name === 'index.html' || /^[a-z][a-z-]*-\d+(\.light|\.dark)?\.html$/.test(name);

type Entry = GalleryMail & { slug: string };

/** Pure. An index, and three files a mail: its page, and what is in the page's frames. Works from file://, without scripts. */
export function galleryPages(mails: readonly GalleryMail[], brandName: string): GalleryFile[] {
  const seen = new Map<string, number>();
  const entries = mails.map((mail): Entry => {
    const count = (seen.get(mail.template) ?? 0) + 1;
    seen.set(mail.template, count);
    return { ...mail, slug: `${mail.template}-${count}` };
  });
  return [
    { name: 'index.html', content: indexPage(entries, brandName) },
    ...entries.flatMap((entry) => [
      { name: `${entry.slug}.html`, content: mailPage(entries, entry, brandName) },
      { name: `${entry.slug}.light.html`, content: framed(inTheme(entry.html, 'light')) },
      { name: `${entry.slug}.dark.html`, content: framed(inTheme(entry.html, 'dark')) },
    ]),
  ];
}

/** SECURITY: nothing is loaded from outside, whatever a template says; links open beside the gallery, not inside the frame. */
function framed(html: string): string {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'";
  const own = `<meta http-equiv="Content-Security-Policy" content="${policy}">\n<base target="_blank">\n`;
  return html.replace('<head>\n', () => `<head>\n${own}`);
}

function indexPage(entries: Entry[], brandName: string): string {
  const templates = new Set(entries.map(({ template }) => template)).size;
  return frame(
    brandName,
    `The mails of ${brandName}`,
    `${sidebar(entries, null, brandName)}
<main id="top" tabindex="-1">
<header><h1>The mails of ${escapeHtml(brandName)}</h1>
<p>${templates} templates with ${entries.length} samples, each half in the light and half in the dark theme.
The keys are made up. Changed a template, or the brand? <code>npm run templates</code>, then preview again.</p></header>
${groups(entries)
  .map(([heading, group]) => `<h2>${heading}</h2>\n<ul class="cards">\n${group.map(card).join('\n')}\n</ul>`)
  .join('\n')}
</main>`,
  );
}

function card({ slug, template, title, subject }: Entry): string {
  const look = (theme: string) =>
    `<iframe class="${theme}" src="${slug}.${theme}.html" tabindex="-1" title="${escapeHtml(`${title}, ${theme}`)}"></iframe>`;
  return `<li><div class="thumb" aria-hidden="true" inert>${look('light')}${look('dark')}</div>
<a href="${slug}.html">${escapeHtml(title)}</a><p>${escapeHtml(subject)}</p><code>${template}</code></li>`;
}

function mailPage(entries: Entry[], entry: Entry, brandName: string): string {
  const { slug, template, title, subject, text, bytes } = entry;
  const at = entries.indexOf(entry);
  const look = (theme: 'light' | 'dark', width = '') =>
    `<iframe src="${slug}.${theme}.html"${width} title="${escapeHtml(`${title}, ${theme} theme${width && ', 375 px wide'}`)}"></iframe>`;
  const step = (to: Entry | undefined, rel: string, words: string) =>
    to ? `<a rel="${rel}" href="${to.slug}.html">${words}</a>` : `<span>${words}</span>`;
  return frame(
    brandName,
    `${title} · ${template}`,
    `${sidebar(entries, entry, brandName)}
<main class="mail">
<header>
<nav class="steps" aria-label="Neighbours">${step(entries[at - 1], 'prev', '← Before')} ${step(entries[at + 1], 'next', 'Next →')}</nav>
<p><code>templates/${template}.mjml</code> ${escapeHtml(title)}</p>
<h1><span>Subject</span> ${escapeHtml(subject)}</h1>
</header>
<fieldset class="views">
<legend>View</legend>
${['Light', 'Dark', 'Phone', 'Text']
  .map(
    (name, index) =>
      `<input type="radio" name="view" id="${name.toLowerCase()}"${index === 0 ? ' checked' : ''}><label for="${name.toLowerCase()}">${name}</label>`,
  )
  .join('\n')}
<p class="size">${kilobytes(bytes)} of HTML; Gmail cuts off at 102 KB</p>
<section class="pane light">${look('light')}</section>
<section class="pane dark">${look('dark')}</section>
<section class="pane phone">
<figure>${look('light', ' width="375"')}<figcaption>375 px, light</figcaption></figure>
<figure>${look('dark', ' width="375"')}<figcaption>375 px, dark</figcaption></figure>
</section>
<section class="pane text"><pre tabindex="0" aria-label="The text part">${escapeHtml(text)}</pre></section>
</fieldset>
</main>`,
  );
}

function sidebar(entries: Entry[], current: Entry | null, brandName: string): string {
  const link = (entry: Entry) =>
    `<li><a href="${entry.slug}.html"${entry === current ? ' aria-current="page"' : ''}>${escapeHtml(entry.title)}</a></li>`;
  const lists = groups(entries).map(([heading, group]) => {
    const templates = [...new Set(group.map(({ template }) => template))];
    const items = templates.map((name) => {
      const own = group.filter(({ template }) => template === name);
      return `<h3>${name}</h3>\n<ul>${own.map(link).join('')}</ul>`;
    });
    return `<h2>${heading}</h2>\n${items.join('\n')}`;
  });
  return `<a class="skip" href="${current ? '#light' : '#top'}">Skip the list</a>
<nav class="side" aria-label="Mails">
<a class="home" href="index.html"${current ? '' : ' aria-current="page"'}>${escapeHtml(brandName)} <span>mails</span></a>
${lists.join('\n')}
</nav>`;
}

function groups(entries: Entry[]): [string, Entry[]][] {
  const isForAdmin = ({ template }: Entry) => template.startsWith('admin-');
  const both: [string, Entry[]][] = [
    ['To buyers', entries.filter((entry) => !isForAdmin(entry))],
    ['To the administrator', entries.filter(isForAdmin)],
  ];
  return both.filter(([, group]) => group.length > 0);
}

function frame(brandName: string, title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${GALLERY_MARK}
<link rel="icon" href="data:,">
<title>${escapeHtml(title === brandName ? title : `${title} · ${brandName}`)}</title>
<style>
${GALLERY_STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;
