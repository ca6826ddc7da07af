/** A program of client/examples in a page of a real browser. */
import type { BrowserContext, CDPSession } from 'playwright-core';
import { eventIn } from '../example-process.ts';
import { bundle } from './bundle.ts';

export interface ExamplePage extends AsyncDisposable {
  /** The events it told of so far */
  readonly events: readonly { readonly id: string }[];
  /** What else it said */
  readonly said: readonly string[];
  /** Its scripts and timers stand still, as those of a tab in the background may; `thaw` lets them go on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  close(): Promise<void>;
}

/** Opens a page of the origin, which answers at /healthz as a role does, and runs the program there, named by its path. */
export async function openExample(
  context: BrowserContext,
  program: string,
  origin: string,
  ...args: readonly string[]
): Promise<ExamplePage> {
  const code = await bundle(program);
  const page = await context.newPage();
  const events: { readonly id: string }[] = [];
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'log') events.push(eventIn(message.text()));
    else said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  // a real page: to one that is made up, Chromium forbids the local network
  await page.goto(`${origin}/healthz`);
  const session: CDPSession = await context.newCDPSession(page);
  const live = async (state: 'frozen' | 'active') => {
    await session.send('Page.setWebLifecycleState', { state });
  };
  await page.addScriptTag({
    type: 'module',
    content: `globalThis.args = ${JSON.stringify(['node', program, ...args])};\n${code}`,
  });
  const close = () => page.close();
  return {
    events,
    said,
    freeze: () => live('frozen'),
    thaw: () => live('active'),
    close,
    [Symbol.asyncDispose]: close,
  };
}
