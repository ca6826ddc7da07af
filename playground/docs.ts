/** The schema, to be read: every type with its fields and arguments, and what their descriptions say. */
import { create } from './element.ts';
import {
  type Described,
  type Field,
  type InputValue,
  inWords,
  type NamedType,
  named,
  type Schema,
  type TypeRef,
} from './schema.ts';

const mostFound = 60;

/** Fills the panel; types are links to what they are made of. */
export function showDocs(panel: HTMLElement, schema: Schema): void {
  const search = create('input', {
    type: 'search',
    placeholder: 'Search the schema',
    'aria-label': 'Search the schema',
    input: () => (search.value.trim() ? show(found(search.value.trim().toLowerCase())) : show(overview())),
  });
  const body = create('div', { class: 'docs-body' });
  const past: (() => readonly Node[])[] = [];
  const back = create('button', { type: 'button', class: 'quiet', click: goBack }, '← Back');
  panel.replaceChildren(create('div', { class: 'bar' }, back, search), body);
  let current: () => readonly Node[] = overview;

  function show(nodes: readonly Node[]): void {
    body.replaceChildren(...nodes);
    body.scrollTop = 0;
    back.hidden = past.length === 0;
  }
  function open(page: () => readonly Node[]): void {
    past.push(current);
    current = page;
    show(page());
  }
  function goBack(): void {
    current = past.pop() ?? overview;
    show(current());
  }
  const link = (type: TypeRef) =>
    create(
      'button',
      { type: 'button', class: 'type', click: () => open(() => typePage(schema.type(named(type)))) },
      inWords(type),
    );

  function overview(): readonly Node[] {
    const roots = (['query', 'mutation', 'subscription'] as const).flatMap((kind) => schema.root(kind) ?? []);
    const others = schema.types.filter((type) => !roots.includes(type));
    return [
      ...roots.flatMap((root) => [create('h3', {}, root.name), ...words(root), fieldList(root)]),
      create('h3', {}, 'All types'),
      create('p', { class: 'types' }, ...others.flatMap(({ kind, name }) => [link({ kind, name }), ' '])),
    ];
  }

  function typePage(type: NamedType | undefined): readonly Node[] {
    if (!type) return [];
    const { interfaces = [], possibleTypes = [], enumValues = [] } = type;
    const listed = (title: string, types: readonly TypeRef[]) =>
      types.length > 0 ? [create('p', {}, `${title} `, ...types.flatMap((each) => [link(each), ' ']))] : [];
    return [
      create('h3', {}, type.name, create('small', {}, type.kind.toLowerCase().replace('_', ' '))),
      ...words(type),
      ...listed('Implements', interfaces ?? []),
      ...listed('One of', possibleTypes ?? []),
      fieldList(type),
      create(
        'dl',
        {},
        ...(enumValues ?? []).flatMap((value) => entry(value, [create('code', {}, value.name)])),
      ),
    ];
  }

  function fieldList({ fields, inputFields }: NamedType): HTMLElement {
    const entries = [...(fields ?? []), ...(inputFields ?? [])].flatMap((field: Field | InputValue) => [
      ...entry(field, [create('code', {}, field.name), ': ', link(field.type)]),
      ...('args' in field && field.args.length > 0 ? [create('dd', {}, argumentList(field.args))] : []),
    ]);
    return create('dl', {}, ...entries);
  }

  function argumentList(args: readonly InputValue[]): HTMLElement {
    return create(
      'dl',
      { class: 'arguments' },
      ...args.flatMap((arg) =>
        entry(arg, [
          create('code', {}, arg.name),
          ': ',
          link(arg.type),
          ...(arg.defaultValue ? [` = ${arg.defaultValue}`] : []),
        ]),
      ),
    );
  }

  function found(text: string): readonly Node[] {
    const hits = schema.types.flatMap((type) => [
      ...(type.name.toLowerCase().includes(text)
        ? [entry(type, [link({ kind: type.kind, name: type.name })])]
        : []),
      ...(type.fields ?? [])
        .filter(({ name }) => name.toLowerCase().includes(text))
        .map((field) =>
          entry(field, [
            link({ kind: type.kind, name: type.name }),
            '.',
            create('code', {}, field.name),
            ': ',
            link(field.type),
          ]),
        ),
    ]);
    const rest = hits.length > mostFound ? [create('p', {}, `… and ${hits.length - mostFound} more`)] : [];
    return hits.length === 0
      ? [create('p', {}, 'Nothing of that name.')]
      : [create('dl', {}, ...hits.slice(0, mostFound).flat()), ...rest];
  }

  show(overview());
}

const words = ({ description }: Described) => (description ? [create('p', {}, description)] : []);
const entry = (described: Described, title: readonly (Node | string)[]) => [
  create('dt', {}, ...title),
  ...(described.description ? [create('dd', {}, described.description)] : []),
];
