/** The schema as introspection tells it, with its types by name. */

export interface TypeRef {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType?: TypeRef | null;
}

export interface Described {
  readonly name: string;
  readonly description?: string | null;
}

export interface InputValue extends Described {
  readonly type: TypeRef;
  readonly defaultValue?: string | null;
}

export interface Field extends Described {
  readonly args: readonly InputValue[];
  readonly type: TypeRef;
}

export interface NamedType extends Described {
  readonly kind: string;
  readonly fields?: readonly Field[] | null;
  readonly inputFields?: readonly InputValue[] | null;
  readonly enumValues?: readonly Described[] | null;
  readonly possibleTypes?: readonly TypeRef[] | null;
  readonly interfaces?: readonly TypeRef[] | null;
}

export interface Directive extends Described {
  readonly args: readonly InputValue[];
  readonly locations: readonly string[];
}

export type RootKind = 'query' | 'mutation' | 'subscription';

export interface Schema {
  readonly types: readonly NamedType[];
  readonly directives: readonly Directive[];
  type(name: string | null | undefined): NamedType | undefined;
  root(kind: RootKind): NamedType | undefined;
}

type Introspected = {
  readonly types: readonly NamedType[];
  readonly directives: readonly Directive[];
} & Readonly<Record<`${RootKind}Type`, { readonly name: string } | null>>;

export function readSchema({ __schema: told }: { readonly __schema: Introspected }): Schema {
  const byName = new Map(told.types.map((type) => [type.name, type]));
  return {
    types: told.types.filter(({ name }) => !name.startsWith('__')),
    directives: told.directives,
    type: (name) => byName.get(name ?? ''),
    root: (kind) => byName.get(told[`${kind}Type`]?.name ?? ''),
  };
}

/** As it is written in a schema: `[Event!]!` */
export function inWords({ kind, name, ofType }: TypeRef): string {
  if (kind === 'NON_NULL') return `${inWords(ofType!)}!`;
  if (kind === 'LIST') return `[${inWords(ofType!)}]`;
  return name ?? '';
}

/** The type without its lists and exclamation marks. */
export function named(type: TypeRef): string {
  return type.ofType ? named(type.ofType) : (type.name ?? '');
}
