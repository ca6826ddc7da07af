/** What a tab shows: an operation, its variables, and its answers. It goes on running while another tab is looked at. */
import { createEditor } from './editor.ts';
import { create } from './element.ts';
import { operationAt } from './operations.ts';
import { createResults } from './results.ts';
import { type Api, run, type Status } from './run.ts';
import type { Schema } from './schema.ts';

export interface PaneOptions {
  readonly id: string;
  readonly text: string;
  readonly variables: string;
  readonly api: Api;
  readonly schema: () => Schema | undefined;
  readonly onChange: () => void;
  readonly onStatus: (status: Status) => void;
  readonly onAnswer: (answer: unknown) => void;
}

export interface Pane {
  readonly element: HTMLElement;
  text(): string;
  variables(): string;
  replace(text: string): void;
  run(): void;
  stop(): void;
  focus(): void;
}

const isMac = navigator.platform.startsWith('Mac');

export function createPane(options: PaneOptions): Pane {
  const { id, api, schema, onChange, onStatus, onAnswer } = options;
  const results = createResults();
  const editor = createEditor({
    ...{ text: options.text, label: 'Operation', schema, onChange },
    onRun: () => start(),
  });
  const variables = createEditor({
    ...{ text: options.variables, label: 'Variables, as JSON', onChange },
    onRun: () => start(),
  });
  const button = create('button', {
    class: 'run',
    type: 'button',
    title: isMac ? '⌘ Enter' : 'Ctrl+Enter',
    click: () => (stopRunning ? stop() : start()),
  });
  const status = create('output', { class: 'status' });
  const clear = create('button', { type: 'button', class: 'quiet', click: results.clear }, 'Clear');
  const element = create(
    'div',
    { class: 'pane', role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` },
    create(
      'div',
      { class: 'writing' },
      create('div', { class: 'bar' }, button, status),
      editor.element,
      create(
        'details',
        { class: 'variables', open: options.variables !== '' },
        create('summary', {}, 'Variables'),
        variables.element,
      ),
    ),
    create(
      'div',
      { class: 'reading' },
      create('div', { class: 'bar' }, create('h2', {}, 'Answers'), clear),
      results.element,
    ),
  );

  let stopRunning: (() => void) | undefined;
  const show = (text: Status) => {
    status.textContent = text;
    status.dataset.status = text;
    const running = stopRunning !== undefined;
    button.textContent = running ? 'Stop' : 'Run';
    button.classList.toggle('stop', running);
    onStatus(text);
  };
  const finish = (text: Status) => {
    stopRunning = undefined;
    show(text);
  };

  function start(): void {
    stopRunning?.();
    stopRunning = undefined;
    results.clear();
    const query = editor.text();
    const operation = operationAt(query, editor.cursor());
    let given: Record<string, unknown> | undefined;
    try {
      given = readVariables(variables.text());
    } catch (error) {
      results.tell(`The variables are no JSON object: ${(error as Error).message}`);
      finish('refused');
      return;
    }
    const request = {
      kind: operation?.kind ?? 'query',
      query,
      ...(operation?.name ? { operationName: operation.name } : {}),
      ...(given ? { variables: given } : {}),
    };
    stopRunning = () => {};
    stopRunning = run(request, api, {
      answer(answer) {
        results.add(answer);
        onAnswer(answer);
      },
      status: show,
      refused(reason) {
        results.tell(reason);
        finish('refused');
      },
      ended: () => finish(request.kind === 'subscription' ? 'ended' : 'done'),
    });
  }

  function stop(): void {
    stopRunning?.();
    finish('stopped');
  }

  finish('');
  return {
    element,
    text: editor.text,
    variables: variables.text,
    replace: editor.replace,
    run: start,
    stop,
    focus: editor.focus,
  };
}

function readVariables(text: string): Record<string, unknown> | undefined {
  if (text.trim() === '') return undefined;
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error('it begins with no {');
  return value as Record<string, unknown>;
}
