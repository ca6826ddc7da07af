/** Which argument of a document an error of GraphQL's own is about. */
import { type ASTNode, type DocumentNode, GraphQLError, isValueNode, Kind, visit } from 'graphql';

/**
 * The error, with `extensions.argument` where one argument is to blame: a dotted path from the argument's name on, such as
 * `first` or `types[3]`. For errors of validation and of coercion: a resolver says by itself what was wrong.
 */
export function withBlame(error: GraphQLError, document: DocumentNode): GraphQLError {
  if (error.originalError && !(error.originalError instanceof GraphQLError)) return error;
  if (error.extensions.argument !== undefined) return error;
  const argument = argumentOf(error, document);
  if (argument === undefined) return error;
  const { message, nodes, source, positions, path, originalError, extensions } = error;
  return new GraphQLError(message, {
    ...{ nodes: nodes ?? null, source: source ?? null, positions: positions ?? null, path: path ?? null },
    ...{ originalError: originalError ?? null, extensions: { ...extensions, argument } },
  });
}

const named = /(?:^Unknown argument|\bargument|^Argument) "(\w+)"/;
const inVariable =
  /^Variable "\$(\w+)" (?:got invalid value .* at "\w+((?:\.\w+|\[\d+\])+)"|got invalid value|of )/s;

function argumentOf({ message, nodes }: GraphQLError, document: DocumentNode): string | undefined {
  const variable = inVariable.exec(message);
  if (variable) {
    const at = argumentAt(document, (node) => node.kind === Kind.VARIABLE && node.name.value === variable[1]);
    return at && at + (variable[2] ?? '');
  }
  const name = named.exec(message)?.[1];
  if (name !== undefined) return name;
  return nodes?.[0] && argumentAt(document, (node) => node === nodes[0]);
}

/** The path of the first node of this kind that stands in an argument of a field. */
function argumentAt(document: DocumentNode, isIt: (node: ASTNode) => boolean): string | undefined {
  const path: string[] = [];
  let found: string | undefined;
  visit(document, {
    enter(node, key) {
      path.push(stepOf(node, key));
      const text = path.join('');
      if (found === undefined && /^\w/.test(text) && isIt(node)) found = text; // what begins otherwise is in no argument
    },
    leave: () => void path.pop(),
  });
  return found;
}

function stepOf(node: ASTNode, key: string | number | undefined): string {
  if (node.kind === Kind.ARGUMENT) return node.name.value;
  if (node.kind === Kind.OBJECT_FIELD) return `.${node.name.value}`;
  return typeof key === 'number' && isValueNode(node) ? `[${key}]` : '';
}
