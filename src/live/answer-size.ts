/** How large an answer is, told before it is written: a document can ask for the same large value a thousand times. */

/**
 * The bytes of the value as JSON, exactly; `most` or more when there are that many, as soon as it is certain. A value that
 * stands in it several times counts each time.
 */
export function jsonBytes(value: unknown, most: number): number {
  switch (typeof value) {
    case 'string':
      return stringBytes(value, most);
    case 'object':
      if (value === null) return 4;
      if (hasToJson(value)) return jsonBytes(value.toJSON(), most);
      return Array.isArray(value) ? arrayBytes(value, most) : objectBytes(value, most);
    case 'number':
      return Number.isFinite(value) ? String(value).length : 4;
    case 'boolean':
      return value ? 4 : 5;
    default:
      return 4; // of a list; of an object it would be left out
  }
}

const hasToJson = (value: object): value is { toJSON(): unknown } =>
  typeof (value as { toJSON?: unknown }).toJSON === 'function';

const special = /[\p{Cc}\p{Cs}"\\]/u; // what JSON may write in another way

function stringBytes(text: string, most: number): number {
  if (text.length + 2 >= most) return most;
  return special.test(text) ? Buffer.byteLength(JSON.stringify(text)) : Buffer.byteLength(text) + 2;
}

function arrayBytes(items: readonly unknown[], most: number): number {
  let bytes = 2 + Math.max(0, items.length - 1);
  for (const item of items) {
    if (bytes >= most) return most;
    bytes += jsonBytes(item, most - bytes);
  }
  return bytes;
}

function objectBytes(object: object, most: number): number {
  let [bytes, isFirst] = [2, true];
  for (const key in object) {
    const value = (object as Record<string, unknown>)[key];
    if (value === undefined || typeof value === 'function') continue;
    bytes += stringBytes(key, most) + (isFirst ? 1 : 2); // colon, comma
    isFirst = false;
    if (bytes >= most) return most;
    bytes += jsonBytes(value, most - bytes);
  }
  return bytes;
}
