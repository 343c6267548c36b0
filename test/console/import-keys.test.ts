import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giveReason } from './browser.ts';
import { openDesk, type Desk } from './desk.ts';

const LIST = ['AAAA-0001', 'AAAA-0002', 'AAAA-0001', 'OLD-KEY-7', 'AAAA-0003'].join('\n');

describe('an admin with a list of keys', () => {
  let desk: Desk;
  let page: Page;
  beforeAll(async () => {
    desk = await openDesk();
    await desk.call('keys.import', { sku: 'COURSE-B', text: 'OLD-KEY-7' });
    page = await desk.sit();
  });
  afterAll(async () => {
    expect(desk.complaints).toEqual([]);
    await desk.close();
  });
  const available = async (sku: string) => {
    const { products } = await desk.call('stock.list', {});
    return Array.isArray(products) ? products.find((line) => line.sku === sku)?.available : undefined;
  };

  test('is asked for a product and for keys before anything is sent', async () => {
    await page.goto('/import');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('alert').getByText('Choose a product').waitFor();
  });

  test('sees what would come in, and each duplicate by its line and why; nothing is changed yet', async () => {
    await page.getByRole('combobox', { name: 'Product' }).fill('COURSE-A');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Keys' }).fill(LIST);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText('3 keys would come into stock of COURSE-A, a new product.').waitFor();
    await page.getByText('2 duplicates, left out').waitFor();
    await page.getByText('Line 3: the same as line 1').waitFor();
    await page.getByText('Line 4: known already, in COURSE-B').waitFor();
    expect(await available('COURSE-A')).toBeUndefined();
  });

  test('imports them, and sees them in stock and in the list of imports', async () => {
    await page.getByRole('button', { name: 'Import 3 keys' }).click();
    await page.getByText('3 keys of COURSE-A came in.').waitFor();
    expect(await available('COURSE-A')).toBe(3);
    const row = page.getByRole('table', { name: 'Imports' }).getByRole('row', { name: /COURSE-A/ });
    await row.getByText('3 in stock').waitFor();
  });

  test('undoes it: counted first, for a reason, and the keys are gone', async () => {
    await page.getByRole('button', { name: 'Undo the import of COURSE-A' }).first().click();
    await page
      .getByRole('dialog')
      .getByText('3 would leave stock; 0 sold, 0 on hold and 0 revoked stay.')
      .waitFor();
    await giveReason(page, 'The wrong product', 'Undo the import');
    await page.getByText('3 keys of COURSE-A left stock').waitFor();
    expect(await available('COURSE-A')).toBe(0);
    await page
      .getByRole('table', { name: 'Imports' })
      .getByText(/3 left stock/)
      .waitFor();
  });

  test('a file is taken as well; a table without a clear column asks for one', async () => {
    await page.goto('/import');
    await page.getByRole('combobox', { name: 'Product' }).fill('COURSE-A');
    await page.keyboard.press('Enter');
    const text = 'Number;What;Where\n1;CCCC-0001;shelf\n2;CCCC-0002;shelf\n';
    await page.setInputFiles('input[type=file]', {
      name: 'vendor.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(text),
    });
    await page.getByText('vendor.csv').waitFor();
    await page.getByRole('button', { name: 'Preview' }).click();
    await page
      .getByRole('alert')
      .getByText(/heading of 3 columns/)
      .waitFor();
    await page.getByRole('combobox', { name: 'The column with the keys' }).click();
    await page.getByRole('option', { name: '2. What' }).click();
    await page.getByText(/2 keys would come into stock of COURSE-A/).waitFor();
    await page.getByText(/Read as a table, separated by “;”; the keys stand in column 2/).waitFor();
  });

  test('what was chosen is still there after a look back, and another product is another preview', async () => {
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByText('vendor.csv').waitFor();
    await page.getByRole('combobox', { name: 'Product' }).press('Backspace');
    await page.getByRole('combobox', { name: 'Product' }).fill('COURSE-Q');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/2 keys would come into stock of COURSE-Q, a new product/).waitFor();
  });

  test('a column that was taken wrongly is chosen by hand: of a table without a heading no line is lost', async () => {
    await page.getByRole('button', { name: 'Back' }).click();
    await page.getByRole('button', { name: 'Another one' }).click();
    const text = '"2";"Shelf 1; left";"DDDD-0001"\n"3";"Shelf 2; left";"DDDD-0002"\n';
    await page.getByRole('textbox', { name: 'Keys' }).fill(text);
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByText(/the keys stand in column 1/).waitFor();
    const column = page.getByRole('combobox', { name: 'The column with the keys' });
    await column.click();
    await page.getByRole('option', { name: '2. Shelf 1; left' }).click();
    await page.getByText(/the keys stand in column 2/).waitFor();
    await column.click();
    await page.getByRole('option', { name: '3. DDDD-0001' }).click();
    await page.getByText(/the keys stand in column 3/).waitFor();
    await page.getByText(/2 keys would come into stock of COURSE-Q/).waitFor();
    await page.getByRole('button', { name: 'Import 2 keys' }).click();
    await page.getByText('2 keys of COURSE-Q came in.').waitFor();
    const { keys } = await desk.call('keys.find', { query: 'DDDD-0001' });
    expect(keys).toMatchObject([{ sku: 'COURSE-Q', status: 'available' }]);
  });

  test('a file that cannot be read says so', async () => {
    await page.goto('/import');
    const box = page.getByText('Drop a text or CSV file here, or');
    await box.waitFor();
    await box.evaluate((node) => {
      const file = new File(['x'], 'locked.txt');
      file.arrayBuffer = () => Promise.reject(new Error('NotReadableError'));
      const event = new Event('drop', { bubbles: true });
      Object.assign(event, { dataTransfer: { files: [file] } });
      node.dispatchEvent(event);
    });
    await page
      .getByRole('alert')
      .getByText(/locked.txt could not be read/)
      .waitFor();
  });

  test('a long list shows how far it is', async () => {
    const keys = Array.from({ length: 30_000 }, (_, nth) => `LONG-${String(nth).padStart(6, '0')}`);
    await page.goto('/import');
    await page.getByRole('combobox', { name: 'Product' }).fill('COURSE-L');
    await page.keyboard.press('Enter');
    await page.setInputFiles('input[type=file]', {
      name: 'long.txt',
      mimeType: 'text/plain',
      buffer: Buffer.from(keys.join('\n')),
    });
    await page.getByRole('button', { name: 'Preview' }).click();
    await page.getByRole('button', { name: 'Import 30,000 keys' }).click();
    await page.getByRole('progressbar', { name: 'Keys brought in' }).waitFor();
    await page.getByText('30,000 keys of COURSE-L came in.').waitFor();
  });
});
