import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { findChromium } from '../support/find-chromium.ts';
import { say } from '../support/php/say.ts';
import { STAFF_TOKEN } from '../support/service.ts';

const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

export interface ConsoleOptions {
  scheme?: 'light' | 'dark';
  width?: number;
  height?: number;
  /** Null: nobody signs in. */
  token?: string | null;
}

/** A browser before the console of one service. */
export interface ConsoleBrowser {
  /** A person of their own: own cookies, own tab. What the page complained of is kept in `complaints`. */
  sit(options?: ConsoleOptions): Promise<Page>;
  /** Errors of scripts, of the policy and of the console, of every page so far; answers 401 and 403 are none. */
  complaints: string[];
  close(): Promise<void>;
}

export async function openBrowser(url: string): Promise<ConsoleBrowser> {
  const { program, env } = await findChromium(say);
  const browser: Browser = await chromium.launch({
    executablePath: program,
    args: FLAGS,
    env: { ...definedIn(process.env), ...env },
  });
  const complaints: string[] = [];
  return {
    complaints,
    async sit({ scheme = 'light', width = 1280, height = 900, token = STAFF_TOKEN } = {}) {
      const context: BrowserContext = await browser.newContext({
        baseURL: url,
        colorScheme: scheme,
        viewport: { width, height },
        locale: 'en-GB',
        timezoneId: 'Europe/Berlin',
        reducedMotion: 'reduce',
        acceptDownloads: true,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
      page.on('console', (message) => {
        const isAnswer = /Failed to load resource/.test(message.text());
        if (message.type() === 'error' && !isAnswer) complaints.push(`${page.url()}: ${message.text()}`);
      });
      if (token !== null) await signIn(page, token);
      return page;
    },
    close: () => browser.close(),
  };
}

export async function signIn(page: Page, token: string): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Staff token', { exact: true }).fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { level: 1, name: /Good day/ }).waitFor();
}

/** Gives the reason that a dialog asks for, and confirms it. */
export async function giveReason(page: Page, reason: string, confirm: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason', { exact: true }).fill(reason);
  await dialog.getByRole('button', { name: confirm, exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
}

function definedIn(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
