import { wrongArgument } from '../platform/errors.ts';

const maxLength = 200; // in UTF-16 units

/** Throws BAD_USER_INPUT unless the text has 1 to 200 characters that Postgres can store. */
export function checkText(name: string, value: string): void {
  if (value.length === 0) throw wrongArgument(name, `must not be empty.`);
  if (value.length > maxLength) throw wrongArgument(name, `must not be longer than ${maxLength} characters.`);
  checkStorable(name, value);
}

/** Throws BAD_USER_INPUT for text that Postgres cannot hold: a NUL, or half of a surrogate pair. */
export function checkStorable(name: string, value: string): void {
  if (value.includes('\0') || !value.isWellFormed())
    throw wrongArgument(name, `holds a forbidden character.`);
}

/** Throws BAD_USER_INPUT unless the length of a page is from 1 to 100. */
export function checkFirst(first: number): void {
  if (!Number.isInteger(first) || first < 1 || first > 100) {
    throw wrongArgument('first', 'must be a whole number from 1 to 100.');
  }
}

/** Whether Postgres would take it as a uuid of the usual form. What is none names nothing. */
export function isUuid(value: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
}
