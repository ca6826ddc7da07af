/** A real browser for tests: Debian's Chromium, driven by playwright-core. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BrowserContext, chromium } from 'playwright-core';
import { findProgram } from './debian-program.ts';

export interface Chromium extends AsyncDisposable {
  /** Makes pages; of a profile of its own */
  readonly context: BrowserContext;
}

/** Returns the path of Chromium. Throws what to install when there is none. */
export const findChromium = (): string =>
  findProgram({
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    debianPackage: 'chromium',
    advice: 'Chromium or Chrome so that it is on the PATH, for instance with "apt-get install chromium"',
  });

/** Starts a headless browser with an empty profile, which asks no host by itself. About a second. */
export async function startChromium(): Promise<Chromium> {
  const profile = await mkdtemp(path.join(tmpdir(), 'aorta-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: findChromium(),
    headless: true,
    args: [
      '--no-sandbox', // root cannot use it
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
