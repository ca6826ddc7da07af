/** The editor: CodeMirror, with what the schema suggests and explains. */
import {
  autocompletion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { Prec } from '@codemirror/state';
import { drawSelection, EditorView, hoverTooltip, keymap } from '@codemirror/view';
import { complete, explain } from './complete.ts';
import { create } from './element.ts';
import { colours, graphqlLanguage } from './language.ts';
import type { Schema } from './schema.ts';

export interface EditorOptions {
  readonly text: string;
  readonly label: string;
  /** Suggests and explains what stands in this schema; undefined until it is here, and for what is no GraphQL */
  readonly schema?: () => Schema | undefined;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
}

export interface Editor {
  readonly element: HTMLElement;
  text(): string;
  cursor(): number;
  replace(text: string): void;
  focus(): void;
}

export function createEditor({
  text,
  label,
  schema = () => undefined,
  onChange,
  onRun,
}: EditorOptions): Editor {
  const element = create('div', { class: 'editor' });
  // in a shadow tree CodeMirror keeps its styles in style sheets of the document object model, which the policy of the
  // page allows; elsewhere it writes them into a <style> element
  const root = element.attachShadow({ mode: 'open' });
  const view = new EditorView({
    root,
    parent: root,
    doc: text,
    extensions: [
      Prec.highest(
        keymap.of([
          {
            key: 'Mod-Enter',
            run: () => {
              onRun();
              return true;
            },
          },
        ]),
      ),
      keymap.of([...closeBracketsKeymap, ...completionKeymap, ...historyKeymap, ...defaultKeymap]),
      history(),
      drawSelection(),
      closeBrackets(),
      bracketMatching(),
      indentOnInput(),
      graphqlLanguage,
      colours,
      autocompletion({ override: [suggest], icons: false }),
      hoverTooltip((_, position) => tell(position)),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false' }),
      EditorView.updateListener.of(({ docChanged }) => {
        if (docChanged) onChange(view.state.doc.toString());
      }),
      theme,
    ],
  });

  function suggest({ state, pos, explicit }: CompletionContext) {
    const known = schema();
    if (!known) return null;
    const text = state.doc.toString();
    const { from, options } = complete(text, pos, known);
    const word = text.slice(from, pos);
    // a word that is whole needs no suggestion, which would take the next Enter for itself
    if (!explicit && (word === '' || options.some(({ label }) => label === word))) return null;
    return { from, options: [...options] };
  }

  function tell(position: number) {
    const known = schema();
    const found = known && explain(view.state.doc.toString(), position, known);
    if (!found) return null;
    const { label, detail, info = '' } = found.option;
    return {
      pos: found.from,
      end: found.to,
      create: () => ({
        dom: create(
          'div',
          { class: 'hover' },
          create('code', {}, detail ? `${label}: ${detail}` : label),
          ' ',
          info,
        ),
      }),
    };
  }

  return {
    element,
    text: () => view.state.doc.toString(),
    cursor: () => view.state.selection.main.head,
    replace: (next) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } }),
    focus: () => view.focus(),
  };
}

const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '13.5px', color: 'var(--text)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none', boxShadow: 'inset 3px 0 var(--accent)' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { padding: '14px 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 18px' },
  '.cm-cursor': { borderLeftColor: 'var(--accent)', borderLeftWidth: '2px' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'var(--selection)',
  },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selection)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--raised)',
    color: 'var(--text)',
    border: '1px solid var(--line)',
    borderRadius: '8px',
    boxShadow: 'var(--shadow)',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--on-accent)',
  },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal' },
  'li[aria-selected] .cm-completionDetail': { color: 'inherit' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-tooltip.cm-completionInfo': { padding: '8px 12px', maxWidth: '30em', fontFamily: 'var(--sans)' },
  '.hover': { padding: '8px 12px', maxWidth: '34em', fontFamily: 'var(--sans)' },
});
