/** A program of client/examples in a page of a real browser. */
import type { BrowserContext, CDPSession } from 'playwright-core';
import { eventIn } from '../example-process.ts';
import { bundle } from './bundle.ts';

export interface ExamplePage extends AsyncDisposable {
  /** The events it told of so far */
  readonly events: readonly { readonly id: string }[];
  /** What else it said */
  readonly said: readonly string[];
  /**
   * Its scripts and timers stand still, as those of a tab in the background may, while the network goes on; `thaw` lets
   * them go on. A debugger holds them: a headless Chromium does not freeze its pages when it is asked to.
   */
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
  await session.send('Debugger.enable');
  await page.addScriptTag({
    type: 'module',
    content: `globalThis.args = ${JSON.stringify(['node', program, ...args])};\n${code}`,
  });
  const close = () => page.close();
  return {
    events,
    said,
    async freeze() {
      await session.send('Debugger.pause');
    },
    async thaw() {
      // one whose scripts had nothing to do was not paused yet
      await session.send('Debugger.resume').catch(() => {});
      await session.send('Debugger.disable');
      await page.evaluate("document.dispatchEvent(new Event('resume'))"); // as a browser tells it
      await session.send('Debugger.enable');
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
