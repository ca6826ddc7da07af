import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const nativeEventSource = '\0event-source';

/** Returns a program of this project as one script for a page, which takes its arguments from `globalThis.args`. */
export async function bundle(program: string): Promise<string> {
  const { output } = await build({
    input: root + program,
    platform: 'browser',
    transform: { define: { 'process.argv': 'globalThis.args', 'process.env.NODE_ENV': '"production"' } },
    plugins: [
      {
        name: 'the browser has its own EventSource',
        resolveId: (id) => (id === 'eventsource' ? nativeEventSource : undefined),
        load: (id) =>
          id === nativeEventSource ? 'export const EventSource = globalThis.EventSource' : undefined,
      },
    ],
    output: { codeSplitting: false },
    write: false,
  });
  return output[0].code;
}
