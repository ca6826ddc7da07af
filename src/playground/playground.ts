/** Serves the playground: a page for people at the address of the API, and its assets below it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Worker } from 'node:worker_threads';
import { type GraphQLSchema, introspectionFromSchema } from 'graphql';
import type { Logger } from '../platform/logger.ts';
import { prefersHtml } from './accept.ts';
import type { Built } from './build.ts';
import { sendAsset, sendText } from './send.ts';

export interface PlaygroundOptions {
  /** Of the API */
  readonly path: string;
  readonly schema: GraphQLSchema;
  readonly logger: Logger;
}

/** Answers a request and gives true, or gives false for one that is not for the playground. */
export type Playground = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>;

/** Builds the page when it is first asked for: an api that nobody looks at pays nothing. */
export function createPlayground({ path, schema, logger }: PlaygroundOptions): Playground {
  const base = path.slice(path.lastIndexOf('/') + 1);
  const assetPath = `${path}/playground/`;
  let building: Promise<Built> | undefined;
  const built = () => {
    building ??= buildInWorker({ base, schema: JSON.stringify(introspectionFromSchema(schema)) }).catch(
      (error) => {
        building = undefined; // the next request tries again
        throw error;
      },
    );
    return building;
  };

  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    const [pathname = ''] = (request.url ?? '').split('?', 1);
    const isPage = pathname === path && prefersHtml(request.headers.accept);
    if (!isPage && !pathname.startsWith(assetPath)) return false;
    try {
      const { page, contentSecurityPolicy, version, assets } = await built();
      if (isPage) {
        sendAsset(request, response, page, {
          'cache-control': 'no-cache', // kept, and asked for again with its ETag: it names the assets
          'content-security-policy': contentSecurityPolicy,
          'referrer-policy': 'no-referrer', // the address may hold a token for a moment
        });
        return true;
      }
      const [asked = '', ...names] = pathname.slice(assetPath.length).split('/');
      const asset = assets.get(names.join('/'));
      if (!asset) sendText(response, 404, 'The playground has no such file. Reload the page.');
      else {
        // during a release a page of the one version may ask an api of the other: it gets what there is, and keeps none
        const cache = asked === version ? 'public, max-age=31536000, immutable' : 'no-store';
        sendAsset(request, response, asset, { 'cache-control': cache });
      }
    } catch (error) {
      logger.error({ err: error }, 'playground.failed');
      sendText(response, 500, 'The playground could not be built; the log of the api says why.');
    }
    return true;
  };
}

function buildInWorker(workerData: import('./build.ts').BuildInput): Promise<Built> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./build.ts', import.meta.url), {
      workerData,
      execArgv: ['--disable-warning=ExperimentalWarning'], // of stripping types, which Node does for all of our files
    });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', (code) => reject(new Error(`the build ended with code ${code}`)));
  });
}
