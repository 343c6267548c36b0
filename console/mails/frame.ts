// The page within the frame of a mail (console/mail-frame.html). It has no origin and may load nothing: it shows the HTML
// that the console sends it, and says how tall that is.

const parser = new DOMParser();

addEventListener('message', ({ source, data }) => {
  if (source === parent && typeof data?.html === 'string') show(data.html);
});
new ResizeObserver(report).observe(document.documentElement);
parent.postMessage({ ready: true }, '*');

function show(html: string): void {
  const mail = parser.parseFromString(html, 'text/html');
  makeInert(mail);
  const before = [...document.head.querySelectorAll('style')];
  document.head.append(...mail.head.querySelectorAll('style'));
  for (const style of before) style.remove();
  document.documentElement.lang = mail.documentElement.lang || 'en';
  for (const name of document.body.getAttributeNames()) document.body.removeAttribute(name);
  for (const { name, value } of mail.body.attributes) document.body.setAttribute(name, value);
  document.body.replaceChildren(...mail.body.childNodes);
  report();
}

/** What would act or load, by attribute: the policy holds it back as well. */
const ACTING = /^(on.*|action|formaction|srcset|ping|poster|background|xlink:href)$/i;

/** A mail is looked at here, not used: its links would leave the frame for nowhere. */
function makeInert(mail: Document): void {
  for (const node of mail.querySelectorAll('script, meta, base, link, iframe, object, embed')) node.remove();
  for (const node of mail.querySelectorAll('*'))
    for (const name of node.getAttributeNames()) {
      const isForeign = name === 'src' && !node.getAttribute(name)?.startsWith('data:');
      if (ACTING.test(name) || isForeign) node.removeAttribute(name);
    }
  for (const link of mail.querySelectorAll('a[href], area[href]')) {
    link.setAttribute('title', link.getAttribute('href') ?? '');
    link.removeAttribute('href');
  }
}

function report(): void {
  parent.postMessage({ height: Math.ceil(document.body.getBoundingClientRect().bottom) }, '*');
}
