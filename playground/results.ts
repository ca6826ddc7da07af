/** What an operation answered: the newest at the end, and no more of them than a page can show. */
import { create } from './element.ts';

export interface Results {
  readonly element: HTMLElement;
  clear(): void;
  add(answer: unknown): void;
  /** Tells what went wrong, below what was answered before. */
  tell(message: string): void;
}

const most = 200;
const mostColoured = 60_000; // characters; beyond that the text stays plain

export function createResults(): Results {
  const list = create('ol', { class: 'answers' });
  const empty = create(
    'p',
    { class: 'empty' },
    create('kbd', {}, navigator.platform.startsWith('Mac') ? '⌘ Enter' : 'Ctrl Enter'),
    ' runs the operation. Its answers appear here.',
  );
  const element = create(
    'section',
    { class: 'results', 'aria-label': 'Answers', role: 'log', tabindex: '0' },
    empty,
    list,
  );
  let shown = 0;
  let dropped = 0;
  const note = create('p', { class: 'dropped', hidden: true });
  element.prepend(note);

  const append = (item: HTMLElement) => {
    const isFirst = list.childElementCount === 0; // read from its beginning
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    empty.hidden = true;
    list.append(item);
    if (list.childElementCount > most) {
      list.firstElementChild?.remove();
      dropped += 1;
      note.hidden = false;
      note.textContent = `${dropped} older answers are not shown any more.`;
    }
    if (atEnd && !isFirst) element.scrollTop = element.scrollHeight;
  };

  return {
    element,
    clear() {
      list.replaceChildren();
      shown = 0;
      dropped = 0;
      note.hidden = true;
      empty.hidden = false;
    },
    add(answer) {
      shown += 1;
      const failed = Array.isArray((answer as { errors?: unknown } | null)?.errors);
      const time = new Date().toLocaleTimeString([], { hour12: false });
      append(
        create(
          'li',
          { class: failed ? 'answer failed' : 'answer' },
          create('div', { class: 'when' }, `${shown} · ${time}`),
          writeJson(answer),
        ),
      );
    },
    tell: (message) => append(create('li', { class: 'answer failed' }, create('p', {}, message))),
  };
}

const parts = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

function writeJson(value: unknown): HTMLElement {
  const text = JSON.stringify(value, null, 2);
  const element = create('pre');
  if (text.length > mostColoured) {
    element.textContent = text;
    return element;
  }
  let written = 0;
  for (const match of text.matchAll(parts)) {
    const [whole, string, colon = ''] = match;
    element.append(text.slice(written, match.index));
    const kind = string ? (colon ? 'property' : 'string') : 'number';
    element.append(create('span', { class: `code-${kind}` }, string ?? whole), colon);
    written = match.index + whole.length;
  }
  element.append(text.slice(written));
  return element;
}
