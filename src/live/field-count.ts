/** How many fields a document selects once its fragments are spread: what a few lines can multiply. */
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql';

export const maxFields = 2_000; // far more than a person writes, and several times what introspection asks for

const counted = new WeakMap<DocumentNode, number>();

/** The most that one of its operations selects. */
export const countFields = (document: DocumentNode): number =>
  counted.getOrInsertComputed(document, () => count(document));

/** Each fragment is looked at once, however often it is spread. */
function count(document: DocumentNode): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  const counts = new Map<string, number>();
  const ofFragment = (name: string): number => {
    const known = counts.get(name);
    if (known !== undefined) return known;
    counts.set(name, 0); // a fragment that spreads itself is refused by validation
    const fragment = fragments.get(name);
    const count = fragment ? ofSelection(fragment.selectionSet) : 0;
    counts.set(name, count);
    return count;
  };
  const ofSelection = ({ selections }: SelectionSetNode): number => {
    let sum = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) sum += 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) sum += ofFragment(selection.name.value);
      else if (selection.selectionSet) sum += ofSelection(selection.selectionSet);
    }
    return sum;
  };
  return document.definitions.reduce(
    (most, definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? Math.max(most, ofSelection(definition.selectionSet))
        : most,
    0,
  );
}

/** Throws a GraphQLError for a document that selects more than `maxFields`. */
export function checkFieldCount(document: DocumentNode): void {
  if (countFields(document) <= maxFields) return;
  throw new GraphQLError(
    `The document selects more than ${maxFields} fields, those of its fragments counted each time. Split it.`,
    { extensions: { code: 'BAD_USER_INPUT' } },
  );
}
