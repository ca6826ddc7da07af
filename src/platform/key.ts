declare const isKey: unique symbol;

/** A key that was made of parts; what is merely text is none. */
export type Key = string & { readonly [isKey]: true };

/** Null is a value of its own: it is neither '' nor "null". */
export type KeyPart = string | number | boolean | null | readonly KeyPart[];

/** The same text for the same parts, and different text for all others, whatever the parts hold. */
export function keyOf(...parts: readonly KeyPart[]): Key {
  return JSON.stringify(parts) as Key;
}
