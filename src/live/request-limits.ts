import type { IncomingMessage, ServerResponse } from 'node:http';

const maxBodyBytes = 1_048_576;

/**
 * Refuses what no honest client sends: bodies that are too large or of unsaid length, and the content types that a
 * foreign page's form can send without asking. Answers and gives true when it refused.
 */
export function refuseBadRequest(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.method !== 'POST') return false;
  const length = request.headers['content-length'];
  const type = request.headers['content-type'] ?? '';
  if (length === undefined) return refuse(response, 411, 'Send the length of the body (Content-Length).');
  if (Number(length) > maxBodyBytes)
    return refuse(response, 413, `The body is longer than ${maxBodyBytes} bytes.`);
  if (/^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)/i.test(type)) {
    return refuse(response, 415, 'Send the operation as application/json.');
  }
  return false;
}

function refuse(response: ServerResponse, status: number, message: string): true {
  const body = JSON.stringify({ errors: [{ message, extensions: { code: 'BAD_USER_INPUT' } }] });
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(body);
  return true;
}
