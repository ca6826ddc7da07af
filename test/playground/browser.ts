/** The playground in a real browser, used as a person does: with a mouse or only with keys. */
import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';

// biome-ignore lint/suspicious/noExplicitAny: what an answer holds is the claim of each test
export type Answer = any;

export interface Playground {
  readonly page: Page;
  /** What the browser complained of: errors of scripts, what the policy of the page forbids, what could not be loaded */
  readonly complaints: readonly string[];
  /** Opens the tab of this title. */
  open(title: string): Promise<void>;
  /** Opens a new tab and puts the text in, as somebody does who copies it. */
  write(text: string): Promise<void>;
  /** Ctrl-Enter, in the editor of the tab that is open */
  run(): Promise<void>;
  /** As `run`; gives the answer of a query or mutation. */
  ask(): Promise<Answer>;
  /** What the tab that is open shows */
  answers(): Promise<readonly Answer[]>;
  text(): Promise<string>;
  status(): Promise<string>;
  /** The text of the last thing it told that is no answer */
  told(): Promise<string>;
}

const shown = '.pane:not([hidden])';

/** Loads the page and waits until it knows the schema. */
export async function openPlayground(page: Page, url: string): Promise<Playground> {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
  page.on('console', (message) => {
    // a connection that is refused while an api restarts is no mistake of the page's
    if (message.type() === 'error' && !/net::ERR_|WebSocket connection/.test(message.text()))
      complaints.push(message.text());
  });
  await page.goto(url, { waitUntil: 'commit', timeout: 120_000 });
  await page.locator('html[data-ready]').waitFor({ state: 'attached', timeout: 120_000 });
  const editor = page.locator(`${shown} .editor .cm-content`).first();
  const status = () => page.locator(`${shown} .status`).innerText();
  const answers = async () =>
    (await page.locator(`${shown} .answer pre`).allInnerTexts()).map((text) => JSON.parse(text));
  const run = async () => {
    await editor.focus();
    await page.keyboard.press('Control+Enter');
  };
  return {
    page,
    complaints,
    open: (title) => page.getByRole('tab', { name: title, exact: true }).click(),
    async write(text) {
      await page.getByRole('button', { name: 'New tab' }).click();
      await page.keyboard.insertText(text);
    },
    run,
    async ask() {
      await run();
      await until(async () => /done|refused/.test(await status()), {
        message: 'the operation is answered',
        timeoutMs: 60_000,
      });
      return (await answers()).at(-1);
    },
    answers,
    // lines that are wrapped are one line of the document
    text: async () => (await editor.locator('.cm-line').allTextContents()).join('\n'),
    status,
    told: () => page.locator(`${shown} .answer > p`).last().innerText(),
  };
}
