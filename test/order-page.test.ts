import { Parser } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { orderPage } from '../server/order-page.ts';

/** Tags and attributes as a browser sees them, and the text of every command. */
function read(html: string): { tags: string[]; attributes: string[]; commands: string[] } {
  const tags: string[] = [];
  const attributes: string[] = [];
  const commands: string[] = [];
  let isCommand = false;
  const parser = new Parser({
    onopentag(name, given) {
      tags.push(name);
      attributes.push(...Object.keys(given));
      if (name === 'code') isCommand = commands.push('') > 0;
    },
    ontext: (text) => void (isCommand && commands.push((commands.pop() ?? '') + text)),
    onclosetag: (name) => void (name === 'code' && (isCommand = false)),
  });
  parser.end(html);
  return { tags, attributes, commands };
}

describe('the page behind an order’s link', () => {
  test.each(['amelia:13', 'bookly:5', 'amelia@second-shop:13', 'amelia:package:7'])(
    'names %s and the commands to run',
    (id) => {
      const { code, html } = orderPage(id);
      expect(code).toBe(200);
      expect(html).toContain(`<h1>Order ${id}</h1>`);
      const { commands } = read(html);
      expect(commands).toContain(`npx keybank orders show ${id}`);
      expect(commands).toContain(`npx keybank orders correct ${id} --email ADDRESS --reason "TEXT"`);
    },
  );

  test('is the same for every well-formed id but for the id itself: it tells nothing of an order', () => {
    const { html } = orderPage('amelia:13');
    expect(html.replaceAll('amelia:13', 'amelia:999999')).toBe(orderPage('amelia:999999').html);
  });

  test.each([
    '',
    '13',
    'amelia:',
    'other:13',
    'amelia:1 2',
    'amelia:1\u0000',
    'amelia:\u202e31',
    `amelia:${'1'.repeat(101)}`,
  ])('there is none for %j', (id) => {
    const { code, html } = orderPage(id);
    expect(code).toBe(404);
    expect(html).toBe(orderPage('no id').html);
    expect(html).toContain('npx keybank orders lookup');
  });

  test.each([
    'amelia:<script>alert(1)</script>',
    'amelia:"onload="x',
    "amelia:'><img/src=x>",
    'amelia:{{x}}&amp;',
  ])('a hostile id, %s, is text and nothing else', (id) => {
    const { html } = orderPage(id);
    const plain = read(orderPage('amelia:13').html);
    const hostile = read(html);
    expect(hostile.tags).toEqual(plain.tags);
    expect(hostile.attributes).toEqual(plain.attributes);
  });

  test.each([
    'amelia:1;reboot',
    'amelia:$(reboot)',
    'amelia:`reboot`',
    "amelia:';reboot;'",
    'amelia:1|sh',
    'amelia:1&x',
  ])('a command with the id %s hands a shell one word', (id) => {
    const [show = ''] = read(orderPage(id).html).commands;
    const word = show.replace('npx keybank orders show ', '');
    // As sh reads it: quoted parts are literal, \' is a quote, and nothing stands bare.
    expect(word).toMatch(/^('[^']*'|\\')+$/);
    expect(word.replace(/'([^']*)'|\\(')/g, '$1$2')).toBe(id);
  });
});
