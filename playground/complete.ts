/** What can be typed at a place of a document, each with its type and its description. */
import { type Place, placeAt } from './place.ts';
import { type Described, inWords, type Schema } from './schema.ts';

export interface Suggestion {
  readonly label: string;
  /** Which icon it gets */
  readonly type: 'keyword' | 'property' | 'type' | 'enum' | 'variable' | 'constant';
  readonly detail?: string;
  readonly info?: string;
}

export interface Suggestions {
  /** Where the word begins that they replace */
  readonly from: number;
  readonly options: readonly Suggestion[];
}

/** Suggestions for the word that ends at `position`, whatever of it is there already. */
export function complete(text: string, position: number, schema: Schema): Suggestions {
  const from = position - /[$@]?\w*$/.exec(text.slice(0, position))![0].length;
  return { from, options: optionsAt(placeAt(text, from, schema), text, schema) };
}

/** What the word around `position` stands for, if the schema knows it there. */
export function explain(text: string, position: number, schema: Schema) {
  const from = position - /[$@]?\w*$/.exec(text.slice(0, position))![0].length;
  const word = /^[$@]?\w+/.exec(text.slice(from))?.[0];
  if (!word) return undefined;
  const option = optionsAt(placeAt(text, from, schema), text, schema).find(({ label }) => label === word);
  return option && { from, to: from + word.length, option };
}

function optionsAt(place: Place, text: string, schema: Schema): readonly Suggestion[] {
  switch (place.of) {
    case 'nothing':
      return [];
    case 'definitions':
      return ['query', 'mutation', 'subscription', 'fragment'].map((label) => ({ label, type: 'keyword' }));
    case 'input types':
      return schema.types.filter(({ kind }) => /^(SCALAR|ENUM|INPUT_OBJECT)$/.test(kind)).map(asType);
    case 'directives':
      return schema.directives
        .filter(({ locations }) => locations.includes('FIELD'))
        .map((directive) => ({ ...about(directive), label: `@${directive.name}`, type: 'keyword' }));
    case 'fields':
      return [
        ...(place.type.fields ?? []).map((field) => ({
          ...about(field),
          type: 'property' as const,
          detail: inWords(field.type),
        })),
        {
          label: '__typename',
          type: 'property',
          detail: 'String!',
          info: 'The name of the type of this object',
        },
      ];
    case 'spread':
      return [{ label: 'on', type: 'keyword' }, ...fragmentsIn(text)];
    case 'type conditions': {
      const possible = place.type?.possibleTypes?.map(({ name }) => name);
      return schema.types
        .filter(({ kind, name }) =>
          possible ? possible.includes(name) : /^(OBJECT|INTERFACE|UNION)$/.test(kind),
        )
        .map(asType);
    }
    case 'inputs':
      return place.inputs.map((input) => ({
        ...about(input),
        type: 'property',
        detail: inWords(input.type) + (input.defaultValue ? ` = ${input.defaultValue}` : ''),
      }));
    case 'values':
      return [
        ...(place.type?.enumValues ?? []).map((value) => ({ ...about(value), type: 'enum' as const })),
        ...(place.type?.name === 'Boolean' ? ['true', 'false'] : []).map((label) => ({
          label,
          type: 'constant' as const,
        })),
        ...variablesIn(text),
      ];
  }
}

const about = ({ name, description }: Described) => ({
  label: name,
  ...(description ? { info: description } : {}),
});
const asType = (type: Described): Suggestion => ({ ...about(type), type: 'type' });

const namesIn = (text: string, pattern: RegExp) => [
  ...new Set(Array.from(text.matchAll(pattern), (match) => match[1]!)),
];
const fragmentsIn = (text: string) =>
  namesIn(text, /\bfragment\s+(\w+)\s+on\b/g).map((label): Suggestion => ({ label, type: 'variable' }));
const variablesIn = (text: string) =>
  namesIn(text, /(\$\w+)\s*:/g).map((label): Suggestion => ({ label, type: 'variable' }));
