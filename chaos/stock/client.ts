import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

const nobody = 'ws://127.0.0.1:1'; // the library breaks for good when its `url` throws

/** graphql-ws's own client, told to come back for ever: it subscribes again each time, and knows of no cursor. */
export function createStockClient(url: () => string) {
  const urlOrNobody = () => {
    try {
      return url();
    } catch {
      return nobody;
    }
  };
  return createClient({
    url: urlOrNobody,
    webSocketImpl: WebSocket,
    retryAttempts: Number.POSITIVE_INFINITY,
    shouldRetry: () => true,
    retryWait: (retries) => new Promise((resolve) => setTimeout(resolve, Math.min(500, 50 * 2 ** retries))),
  });
}
