/** The tabs: what each holds is kept over a reload, for as long as this tab of the browser lives. */
import { create, find } from './element.ts';
import { type Example, examples } from './examples.ts';
import { fill } from './fill.ts';
import { operationsOf } from './operations.ts';
import { createPane, type Pane } from './pane.ts';
import type { Api } from './run.ts';
import type { Schema } from './schema.ts';

interface Kept {
  readonly title: string;
  readonly text: string;
  readonly variables: string;
  readonly values: readonly (string | undefined)[];
}

interface Tab {
  readonly title: string;
  readonly pane: Pane;
  readonly button: HTMLButtonElement;
  readonly example: Example | undefined;
  values: readonly (string | undefined)[];
}

const key = 'aorta.tabs';

export function openTabs(api: Api, schema: () => Schema | undefined, first: string | null): void {
  const bar = find('tabs');
  const panels = find('panels');
  let tabs: Tab[] = [];
  let selected: Tab | undefined;
  let count = 0;

  const keep = () => {
    const kept = tabs.map(
      ({ title, pane, values }): Kept => ({ title, text: pane.text(), variables: pane.variables(), values }),
    );
    sessionStorage.setItem(key, JSON.stringify({ kept, selected: selected ? tabs.indexOf(selected) : 0 }));
  };

  function add({ title, text, variables, values }: Kept): Tab {
    count += 1;
    const id = String(count);
    const example = examples.find((known) => known.title === title);
    const dot = create('span', { class: 'dot', 'aria-hidden': 'true' });
    const label = create('span', {}, example ? title : titleOf(text));
    const button = create(
      'button',
      {
        ...{ type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}` },
        click: () => select(tab),
        keydown: (event) => onKey(event as KeyboardEvent, tab),
        auxclick: (event) => (event as MouseEvent).button === 1 && close(tab),
        title: 'Arrow keys go to the next tab, Delete closes one',
      },
      dot,
      label,
    );
    const pane = createPane({
      ...{ id, text, variables, api, schema },
      onChange() {
        if (!example) label.textContent = titleOf(pane.text());
        keep();
      },
      onStatus(status) {
        button.dataset.status = status;
      },
      onAnswer: (answer) => fillBlanks(title, answer),
    });
    const tab: Tab = { title, pane, button, values, example };
    tabs.push(tab);
    bar.append(button);
    panels.append(pane.element);
    return tab;
  }

  function select(tab: Tab): void {
    selected = tab;
    for (const { button, pane } of tabs) {
      const isSelected = pane === tab.pane;
      button.setAttribute('aria-selected', String(isSelected));
      button.tabIndex = isSelected ? 0 : -1;
      pane.element.hidden = !isSelected;
    }
    tab.button.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    keep();
  }

  function close(tab: Tab): void {
    tab.pane.stop();
    const index = tabs.indexOf(tab);
    tabs = tabs.filter((other) => other !== tab);
    tab.button.remove();
    tab.pane.element.remove();
    const next = tabs[Math.min(index, tabs.length - 1)] ?? add(empty);
    select(next);
    next.button.focus();
  }

  function onKey(event: KeyboardEvent, tab: Tab): void {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === 'Delete') close(tab);
    if (step === undefined) return;
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length]!;
    select(next);
    next.button.focus();
  }

  function fillBlanks(from: string, answer: unknown): void {
    for (const tab of tabs) {
      if (!tab.example?.blanks) continue;
      const before = { text: tab.pane.text(), values: tab.values };
      const { text, values } = fill(before, tab.example.blanks, { from, answer });
      tab.values = values;
      if (text !== before.text) tab.pane.replace(text);
    }
  }

  function reset(): void {
    for (const { pane, button } of tabs) {
      pane.stop();
      pane.element.remove();
      button.remove();
    }
    tabs = [];
    for (const { title, text } of examples) add({ ...empty, title, text: inThisMonth(text) });
    select(tabs[0]!);
  }

  find('new-tab').addEventListener('click', () => {
    const tab = add(empty);
    select(tab);
    tab.pane.focus();
  });
  find('close-tab').addEventListener('click', () => selected && close(selected));
  find('examples').addEventListener('click', reset);

  const before = readKept();
  if (before) {
    for (const each of before.kept) add(each);
    select(tabs[before.selected] ?? tabs[0]!);
  } else reset();
  if (first) select(add({ ...empty, text: first }));
  selected?.pane.focus();
}

/** The operation's name, else what it asks for first. */
const titleOf = (text: string) => operationsOf(text)[0]?.name ?? /{\s*(\w+)/.exec(text)?.[1] ?? 'New';

const empty: Kept = { title: '', text: '', variables: '', values: [] };

const inThisMonth = (text: string) =>
  text.replace(/month: "\d{4}-\d\d"/, `month: "${new Date().toISOString().slice(0, 7)}"`);

function readKept(): { readonly kept: readonly Kept[]; readonly selected: number } | undefined {
  try {
    const found = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    return found?.kept?.length > 0 ? found : undefined;
  } catch {
    return undefined;
  }
}
