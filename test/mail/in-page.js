// Runs in Chromium, inside a mail: mail-page.ts puts it there and asks it. It measures; what is right is told in the tests.

/** A client shows none of these: white space, and the joiners that fill up the inbox preview. */
const BLANK = /[\s\u00a0\u2007\u034f\u200c]/g;

function textNodes() {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  return found;
}

function rectsOf(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  return [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
}

function isVisible(node) {
  return (
    node.data.replace(BLANK, '') !== '' && node.parentElement.checkVisibility() && rectsOf(node).length > 0
  );
}

function ancestors(node) {
  const found = [];
  for (let element = node.parentElement; element; element = element.parentElement) found.push(element);
  return found;
}

globalThis.inPage = {
  /** Every visible text with its colour, the backgrounds that lie below it (the nearest first), and how far it reaches. */
  texts: () =>
    textNodes()
      .filter(isVisible)
      .map((node) => ({
        text: node.data.trim().slice(0, 60),
        colour: getComputedStyle(node.parentElement).color,
        grounds: ancestors(node).map((element) => getComputedStyle(element).backgroundColor),
        opacity: Math.min(...ancestors(node).map((element) => Number(getComputedStyle(element).opacity))),
        left: Math.min(...rectsOf(node).map(({ left }) => left)),
        right: Math.max(...rectsOf(node).map(({ right }) => right)),
      })),

  /** How wide the page is, whatever the window. */
  width: () => document.documentElement.scrollWidth,

  /** How high the mail is, whatever the window. */
  height: () => document.body.offsetHeight,

  /** The text nodes that are just this key; what copying each gives; and the box around it, the nearest with a border. */
  keys: (key) =>
    textNodes()
      .filter((node) => node.data === key)
      .map((node) => {
        getSelection().selectAllChildren(node.parentElement);
        const box = ancestors(node).find(
          (element) => parseFloat(getComputedStyle(element).borderLeftWidth) > 0,
        );
        const { left, right, width } = box.getBoundingClientRect();
        return {
          copied: getSelection().toString(),
          left,
          right,
          width,
          isInside: isInside(rectsOf(node), box),
        };
      }),

  /** What axe-core finds against WCAG A and AA, in words. */
  async axe() {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      resultTypes: ['violations'],
    });
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 200)}`);
  },
};

function isInside(rects, box) {
  const { left, right } = box.getBoundingClientRect();
  return rects.every((rect) => rect.left >= left && rect.right <= right);
}
