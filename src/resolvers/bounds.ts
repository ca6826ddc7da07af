/**
 * What holds for every field, whoever writes its resolver: its arguments are not endless and can be stored, the same question is read once
 * in a request, and a mutation does not begin once its client has given up.
 */
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isObjectType,
} from 'graphql';
import { DomainError, wrongArgument } from '../platform/errors.ts';
import type { Context } from './context.ts';

export const maxListEntries = 500; // as many as a page has at most: its ids can be given back
export const maxTextLength = 4_096; // UTF-16 units

type Field = GraphQLField<unknown, Context>;
type Resolver = GraphQLFieldResolver<unknown, Context>;
type Arguments = Readonly<Record<string, unknown>>;

/** Gives the schema itself, changed. */
export function boundFields(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length > 0) checkArguments(field);
      if (type === schema.getQueryType()) readOnce(field);
      if (type === schema.getMutationType()) refuseWhenGivenUp(field);
    }
  }
  return schema;
}

function checkArguments(field: Field): void {
  const checked =
    (resolver: Resolver): Resolver =>
    (source, args, context, info) => {
      for (const [name, value] of Object.entries(args)) checkSize(name, value);
      return resolver(source, args, context, info);
    };
  if (field.subscribe) field.subscribe = checked(field.subscribe);
  else field.resolve = checked(field.resolve ?? defaultFieldResolver);
}

/** Throws BAD_USER_INPUT. */
function checkSize(name: string, value: unknown): void {
  if (typeof value === 'string' && value.length > maxTextLength)
    throw wrongArgument(name, `must not be longer than ${maxTextLength} characters.`);
  if (typeof value === 'string' && value.includes('\0'))
    throw wrongArgument(name, 'must not contain the character U+0000, which PostgreSQL cannot store.');
  if (Array.isArray(value) && value.length > maxListEntries)
    throw wrongArgument(name, `must not have more than ${maxListEntries} entries.`);
  if (typeof value !== 'object' || value === null) return;
  const isList = Array.isArray(value);
  for (const [key, item] of Object.entries(value)) checkSize(isList ? name : `${name}.${key}`, item);
}

const answers = new WeakMap<Context, Map<string, unknown>>();

/** The same field with the same arguments is asked once in a request, under however many aliases. */
function readOnce(field: Field): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    const known = answers.getOrInsertComputed(context, () => new Map<string, unknown>());
    return known.getOrInsertComputed(keyOf(field, args), () => resolve(source, args, context, info));
  };
}

/** Injective: arguments come in the order of the schema. */
const keyOf = ({ name }: Field, args: Arguments) => JSON.stringify([name, args]);

/** One that has begun comes to its end; what a document asks for after it does not begin. */
function refuseWhenGivenUp(field: Field): void {
  const resolve = field.resolve ?? defaultFieldResolver;
  field.resolve = (source, args, context, info) => {
    if (context.givenUp?.aborted) {
      throw new DomainError('UNAVAILABLE', 'The client has given this up: it was not done.', {
        retryable: true,
      });
    }
    return resolve(source, args, context, info);
  };
}
