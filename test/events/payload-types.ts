/** What a schema takes as a payload, in the manner of TypeScript: frozen with each version, so that a change of it shows. */
import { type ZodType, z } from 'zod';

/** By field, with `?` behind the name of one that may be missing; `*` stands for a payload that is no object. */
export type PayloadTypes = Readonly<Record<string, string>>;

type JsonSchema = z.core.JSONSchema.BaseSchema;

export function payloadTypes(schema: ZodType): PayloadTypes {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema;
  return json.properties ? Object.fromEntries(fieldsOf(json)) : { '*': typeText(json) };
}

function fieldsOf({ properties = {}, required = [] }: JsonSchema): [string, string][] {
  return Object.entries(properties).map(([name, type]) => [
    required.includes(name) ? name : `${name}?`,
    typeText(type),
  ]);
}

function typeText(schema: z.core.JSONSchema._JSONSchema): string {
  if (typeof schema === 'boolean') return schema ? 'unknown' : 'never';
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return either(variants.map(typeText));
  if (schema.enum) return either(schema.enum.map(literal));
  if ('const' in schema) return literal(schema.const);
  if (schema.properties) {
    const fields = fieldsOf(schema).map(([name, type]) => `${name}: ${type}`);
    return `{ ${fields.sort().join('; ')} }${bounds(schema)}`;
  }
  if (schema.items && !Array.isArray(schema.items))
    return `Array<${typeText(schema.items)}>${bounds(schema)}`;
  return `${either([schema.type ?? 'unknown'].flat())}${bounds(schema)}`;
}

// their order says nothing
const either = (types: readonly string[]) => [...types].sort().join(' | ');
const literal = (value: unknown) => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value));

/** The keywords that say no more than the text above, or nothing about what is taken. */
const silent = [
  '$schema',
  'type',
  'properties',
  'required',
  'items',
  'description',
  'title',
  'examples',
  'deprecated',
];

/** Everything else that the schema asks for, such as a format or a minimum. */
function bounds(schema: JsonSchema): string {
  const kept = Object.entries(schema).filter(
    // a format's own pattern may be written otherwise in the next release of zod
    ([keyword]) => !silent.includes(keyword) && !(keyword === 'pattern' && schema.format),
  );
  return kept.map(([keyword, value]) => ` ${keyword} ${JSON.stringify(value)}`).join('');
}
