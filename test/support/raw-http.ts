/** HTTP by hand: what no client library would send, and all that came back. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Several chunks go without a length */
  readonly body?: string | Buffer | Iterable<string | Buffer>;
  /** Settles with the head of the answer: for one that does not end */
  readonly headOnly?: boolean;
}

/** Sends a request with any headers, Host and Origin among them. An upgrade that is granted is answered with 101. */
export function ask(apiUrl: string, asked: RawRequest = {}): Promise<RawAnswer> {
  const { method = 'GET', path = '/graphql', headers = {}, body = '', headOnly = false } = asked;
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const { statusCode: status = 0, headers: answered } = response;
      const done = (text: string) => {
        resolve({ status, headers: answered, body: text });
        request.destroy();
      };
      if (headOnly) return done('');
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => done(text));
      response.on('error', reject);
    });
    request.on('upgrade', ({ headers: answered }, socket) => {
      socket.destroy();
      resolve({ status: 101, headers: answered, body: '' });
    });
    request.on('error', reject);
    if (typeof body === 'string' || Buffer.isBuffer(body)) return void request.end(body);
    const chunks = body[Symbol.iterator]();
    const send = () => {
      const { value, done } = chunks.next();
      if (done) request.end();
      else request.write(value, () => setImmediate(send));
    };
    send();
  });
}

/** Sends text as it is, and gives all that comes until the server ends the connection. */
export function exchange(apiUrl: string, text: string): Promise<string> {
  const { hostname, port } = new URL(apiUrl);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }, () => void socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('end', () => {
      socket.end();
      resolve(answer);
    });
    socket.on('error', reject);
  });
}
