/** The playground of the API: puts the page together. */
import { type AortaClient, createAortaClient } from '../client/index.ts';
import { showDocs } from './docs.ts';
import { find } from './element.ts';
import { readSchema, type Schema } from './schema.ts';
import { openTabs } from './tabs.ts';
import { openTokenStore } from './token.ts';

const url = new URL(location.pathname, location.href).href;
const token = find<HTMLInputElement>('token');
const signIn = find<HTMLFormElement>('sign-in');
const connection = find('connection');

const showToken = (value: string) => {
  token.value = value;
  signIn.classList.toggle('signed-in', value !== '');
};
let client: AortaClient | undefined;
const tokens = openTokenStore((value) => {
  showToken(value);
  // what is open goes on as whoever that is, from where it was
  client?.terminate();
});
client = createAortaClient({
  url: url.replace(/^http/, 'ws'),
  connectionParams: () => {
    const authorization = tokens.authorization();
    return authorization ? { authorization } : {};
  },
  lazyCloseTimeout: 2_000,
  backoff: { maxMs: 2_000 }, // somebody is looking at it
  // the same token would be refused again: whoever looks at it is told, and can give another
  shouldRetry: (failure) => (failure as Partial<CloseEvent>).code !== 4403,
  on: {
    connected: () => tellConnection('connected'),
    closed: () => tellConnection(''),
    error: () => tellConnection('lost'),
  },
});
showToken(tokens.read());

function tellConnection(state: '' | 'connected' | 'lost'): void {
  connection.dataset.state = state;
  connection.textContent = { '': '', connected: 'connected', lost: 'no connection, trying again' }[state];
}

signIn.addEventListener('submit', (event) => {
  event.preventDefault();
  tokens.write(token.value);
});
token.addEventListener('change', () => tokens.write(token.value));

let schema: Schema | undefined;
const query = new URLSearchParams(location.search).get('query');
openTabs({ url, authorization: tokens.authorization, client }, () => schema, query);

const docs = find('docs');
const docsButton = find('show-docs');
const toggleDocs = () => {
  docs.hidden = !docs.hidden;
  docsButton.setAttribute('aria-expanded', String(!docs.hidden));
  if (!docs.hidden) docs.querySelector('input')?.focus();
};
docsButton.addEventListener('click', toggleDocs);

const told = await fetch(new URL('schema.json', import.meta.url)).then((response) => response.json());
schema = readSchema(told);
showDocs(docs, schema);
document.documentElement.dataset.ready = 'true';
