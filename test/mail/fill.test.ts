import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyFault } from '../../server/keys/check-key.ts';
import { defineTemplate, fill, oneLine } from '../../server/mail/fill.ts';
import { isConsoleLink, isMailLink, orderLinks } from '../../server/mail/link.ts';

const html = defineTemplate(
  'sample.html',
  'html',
  '<p>{{name}}</p><!--each keys-->\n<b>{{key}}</b><!--end keys-->\n<a href="{{url}}">go</a>',
  { name: 'text', keys: { each: { key: 'exact' } }, url: 'link' },
);
const values = { name: 'Ann', keys: [{ key: 'K1' }, { key: 'K2' }], url: 'https://shop.example/a?b=1&c=2' };

describe('filling a template', () => {
  it('repeats a block once per item and escapes every value', () => {
    const filled = fill(html, { ...values, name: `<script>"&'` });
    expect(filled).toBe(
      '<p>&lt;script&gt;&quot;&amp;&#39;</p><b>K1</b><b>K2</b><a href="https://shop.example/a?b=1&amp;c=2">go</a>',
    );
  });

  it('never scans a filled value again, and expands no replacement pattern', () => {
    const filled = fill(html, { ...values, name: '{{url}} $& $1 $` <!--each keys-->', keys: [] });
    expect(filled).toContain('<p>{{url}} $&amp; $1 $` &lt;!--each keys--&gt;</p>');
  });

  it('throws for a missing value', () => {
    const { name: _name, ...rest } = values;
    // @ts-expect-error: the compiler refuses it too
    expect(() => fill(html, rest)).toThrow('sample.html: no value for name');
    // @ts-expect-error: inside a block as well
    expect(() => fill(html, { ...values, keys: [{}] })).toThrow('no value for key');
  });

  it('throws for a value that has no placeholder', () => {
    const extra = { ...values, nickname: 'x' };
    expect(() => fill(html, extra)).toThrow('nickname was given but has no placeholder');
  });

  it('throws for a value of the wrong kind', () => {
    // @ts-expect-error: a block takes a list
    expect(() => fill(html, { ...values, keys: 'K1' })).toThrow('wrong kind');
  });

  it.each([
    'javascript:alert(1)',
    'http://shop.example/',
    'https://a b',
    'data:text/html,x',
    '//shop.example',
    '',
  ])('throws for the link %j without quoting it', (url) => {
    expect(() => fill(html, { ...values, url })).toThrow('sample.html: url is no https address');
  });

  it('takes a link to this server when it is https, or http on the same machine', () => {
    const mail = defineTemplate('admin.html', 'html', '<a href="{{url}}">go</a>', { url: 'console' });
    expect(fill(mail, { url: 'http://localhost:8080/orders/amelia%3A1' })).toContain('localhost:8080');
    expect(() => fill(mail, { url: 'http://keys.example/' })).toThrow(
      /^admin\.html: url is no address of this server that may be linked$/,
    );
  });

  it('never alters an exact value: control characters in it are a fault that does not quote it', () => {
    expect(() => fill(html, { ...values, keys: [{ key: 'SECRET\n1' }] })).toThrow(
      /^sample\.html: key has control characters$/,
    );
  });

  it('strips control characters from text, in text parts too', () => {
    const text = defineTemplate(
      'sample.txt',
      'text',
      'Hello {{name}},\n{{each keys}}\n- {{key}}\n{{end keys}}\n',
      {
        name: 'text',
        keys: { each: { key: 'exact' } },
      },
    );
    const name = 'Ann\r\nBcc: x\u0000\u001b[31m\u202e\u2028evil';
    expect(fill(text, { name, keys: [{ key: 'A<&>B' }] })).toBe('Hello Ann Bcc: x [31m evil,\n- A<&>B\n');
  });

  it.each([
    ['Ann\u200b\ufeff\u2060 Lee\u200d', 'Ann Lee'],
    ['pay\u200dpal\u200c', 'paypal'],
    ['evil\u061cname', 'evil name'],
    ['می\u200cخواهم', 'می\u200cخواهم'],
    ['ශ්\u200dරී', 'ශ්\u200dරී'],
    ['👩\u200d💻 👩🏽\u200d💻', '👩\u200d💻 👩🏽\u200d💻'],
  ])('of %j in a text strips what nobody sees, and no joiner that a word is written with', (given, shown) => {
    expect(oneLine(given)).toBe(shown);
  });

  it('takes every key that an import takes, unaltered, and one with joiners too', () => {
    const only = defineTemplate('key.txt', 'text', '{{key}}', { key: 'exact' });
    expect(fill(only, { key: 'AB\u200d\u200bCD\ufeff' })).toBe('AB\u200d\u200bCD\ufeff');
    const keys = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 20 })
      .filter((key) => keyFault(key) === null);
    fc.assert(fc.property(keys, (key) => fill(only, { key }) === key));
  });

  it('leaves no control character and no bare markup, whatever is filled', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const filled = fill(html, { ...values, name });
        expect(filled.split('</p>')[0]?.slice(3)).not.toMatch(/[<>"'\u0000-\u001f\u007f-\u009f]/);
        expect(oneLine(name)).not.toMatch(/[\r\n]/);
      }),
    );
  });
});

describe('declaring a template', () => {
  const define = (source: string, slots: Parameters<typeof defineTemplate>[3]) => () =>
    defineTemplate('t', 'html', source, slots);

  it('is refused when placeholders and file disagree', () => {
    expect(define('{{a}}', {})).toThrow('a is in the file but not declared');
    expect(define('x', { a: 'text' })).toThrow('a is declared but not in the file');
    expect(define('{{constructor}}', {})).toThrow('constructor is in the file but not declared');
    expect(define('{{a}}', { a: { each: {} } })).toThrow('another kind');
    expect(define('<!--each a-->', { a: { each: {} } })).toThrow('not closed');
    expect(define('{{ a }}', {})).toThrow('braces that are no placeholder');
  });

  it('is refused when a text stands where a link belongs', () => {
    expect(define('<a href="{{a}}">', { a: 'text' })).toThrow('must be declared as a link');
  });
});

describe('links', () => {
  it.each([
    ['https://shop.example/a?b=1', true, true],
    ['HTTPS://shop.example', true, true],
    ['http://shop.example', false, false],
    ['http://localhost:8080/x', false, true],
    ['http://127.0.0.1:8080', false, true],
    ['http://[::1]:8080', false, true],
    ['http://localhost.evil.example', false, false],
    ['https://user:pass@shop.example', false, false],
    ['https://a b', false, false],
    ['https://a"onclick="x', false, false],
    ['javascript:alert(1)', false, false],
    ['', false, false],
  ])('%j may stand in a buyer’s mail: %s, in an admin’s: %s', (link, inMail, inConsole) => {
    expect([isMailLink(link), isConsoleLink(link)]).toEqual([inMail, inConsole]);
  });

  it('lead to the page of an order, whatever its id has in it', () => {
    expect(orderLinks('https://keys.example/', 'amelia@b:1/../?#"')).toEqual([
      {
        url: 'https://keys.example/orders/amelia%40b%3A1%2F..%2F%3F%23%22',
        linked: 'amelia@b:1/../?#"',
      },
    ]);
    expect(orderLinks('http://keys.example', 'amelia:1')).toEqual([]);
    expect(orderLinks('https://keys.example', null)).toEqual([]);
  });
});
