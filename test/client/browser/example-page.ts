/** A program of client/examples in a page of a real browser. */
import type { BrowserContext, CDPSession } from 'playwright-core';
import { eventIn } from '../example-process.ts';
import { bundleExample } from './bundle.ts';

export interface ExamplePage {
  /** The events it told of so far */
  readonly events: readonly { readonly id: string }[];
  /** What else it said */
  readonly said: readonly string[];
  /** Its scripts and timers stand still, as those of a tab in the background may; `thaw` lets them go on. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
}

/** Opens a page of the origin, which asks the server of it for nothing, and runs the program there. */
export async function openExample(
  context: BrowserContext,
  file: string,
  origin: string,
  ...args: readonly string[]
): Promise<ExamplePage> {
  const code = await bundleExample(file);
  const page = await context.newPage();
  const events: { readonly id: string }[] = [];
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'log') events.push(eventIn(message.text()));
    else said.push(message.text());
  });
  page.on('pageerror', (error) => said.push(String(error)));
  await page.route(`${origin}/example`, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>Example</title>' }),
  );
  await page.goto(`${origin}/example`);
  const session: CDPSession = await context.newCDPSession(page);
  const live = async (state: 'frozen' | 'active') => {
    await session.send('Page.setWebLifecycleState', { state });
  };
  await page.addScriptTag({
    type: 'module',
    content: `globalThis.args = ${JSON.stringify(['node', file, ...args])};\n${code}`,
  });
  return { events, said, freeze: () => live('frozen'), thaw: () => live('active') };
}
