import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { catalogue } from '../../src/app/modules.ts';
import type { AnyEventDefinition } from '../../src/events/catalogue.ts';
import { defineEvent, type EventPlace, keysOf } from '../../src/events/define-event.ts';
import { freeze, readFrozen } from './frozen.ts';
import { refusals } from './refusals.ts';

const frozen = readFrozen(import.meta.dirname);

test('every event that was ever stored is read by the code of today', () => {
  expect(refusals(catalogue.definitions, frozen)).toEqual([]);
});

test.each(Object.entries(frozen.fixtures))(
  '%s is read in the newest shape, with its keys',
  (_name, stored) => {
    const definition = catalogue.find(stored.type)!;
    const payload = definition.read(stored);
    expect(definition.schema.parse(payload)).toEqual(payload);
    expect(keysOf(definition, payload)).toEqual(expect.arrayContaining([...stored.keys]));
  },
);

const leaveIt = 'Leave the schema of this version as it was, and declare the change with .next(schema, lift)';
const fields = {
  product: z.string(),
  price: z.number(),
  size: z.enum(['S', 'L']),
  note: z.string().optional(),
};
type Priced = { product: string };
const place = {
  topic: 'shop',
  aggregateType: 'product',
  keys: { product: ({ product }: Priced) => product },
};
const define = (schema: z.ZodType<Priced>, change: Partial<EventPlace<Priced>> = {}): AnyEventDefinition =>
  defineEvent('shop.priced', schema, { ...place, ...change });
const first = define(z.object(fields));
const second = first.next(
  z.object({ product: z.string(), cents: z.int() }),
  ({ product, price }) => ({ product, cents: Math.round(price * 100) }),
  place,
);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'frozen-'));
  freeze(folder, first, { product: 'tea', price: 2.5, size: 'L', note: 'new' });
});
afterEach(() => rmSync(folder, { recursive: true }));
const refused = (...definitions: AnyEventDefinition[]) => refusals(definitions, readFrozen(folder));

describe('a change of the code', () => {
  test('that declares a new version passes once that is frozen too', () => {
    expect(refused(second)).toEqual([
      "shop.priced.v2: has no fixture. Write it with npx node test/events/freeze.ts shop.priced 'PAYLOAD AS JSON'",
    ]);
    freeze(folder, second, { product: 'tea', cents: 250 });
    expect(refused(second)).toEqual([]);
  });

  test.each([
    [
      'takes a field away',
      define(z.object(fields).omit({ price: true })),
      'the payload field price has vanished',
    ],
    [
      'takes a field away that need not be there',
      define(z.object(fields).omit({ note: true })),
      'the payload field note? has vanished',
    ],
    [
      'gives a field another type',
      define(z.object({ ...fields, price: z.string() })),
      'the payload field price was number and is string',
    ],
    [
      'lets a field be more than it was: older code would not read it',
      define(z.object({ ...fields, size: z.enum(['S', 'M', 'L']) })),
      "the payload field size was 'L' | 'S' and is 'L' | 'M' | 'S'",
    ],
    [
      'lets a field be less than it was: what is stored would not be read',
      define(z.object({ ...fields, price: z.number().max(2) })),
      'the payload field price was number and is number maximum 2',
    ],
    [
      'adds a field: older code would drop it',
      define(z.object({ ...fields, colour: z.string().optional() })),
      'the payload field colour? is new',
    ],
    [
      'refuses what is stored by a rule of its own',
      define(z.object({ ...fields, price: z.number().refine((price) => price < 2, 'too dear') })),
      'its schema refuses the payload: ✖ too dear\n  → at price',
    ],
    [
      'reads what is stored as something else',
      define(z.object({ ...fields, product: z.string().overwrite((product) => product.toUpperCase()) })),
      'its schema makes {"product":"TEA","price":2.5,"size":"L","note":"new"} of the payload',
    ],
  ])('without a new version is refused when it %s', (_what, definition, message) => {
    expect(refused(definition)).toEqual([`shop.priced.v1: ${message}. ${leaveIt}`]);
  });

  test('is refused when it removes or renames a type', () => {
    const renamed = defineEvent('shop.repriced', z.object(fields), place);
    expect(refused(renamed)).toEqual([
      'shop.priced.v1: the type is no longer defined. Put its definition back; to rename it, define the new name beside the old one',
      "shop.repriced.v1: has no fixture. Write it with npx node test/events/freeze.ts shop.repriced 'PAYLOAD AS JSON'",
    ]);
  });

  test('is refused when it removes a version', () => {
    freeze(folder, second, { product: 'tea', cents: 250 });
    expect(refused(first)).toEqual([
      'shop.priced.v2: the version is no longer known. Put its .next(schema, lift) back',
    ]);
  });

  test('is refused when it moves the type to another topic or aggregate type', () => {
    expect(refused(define(z.object(fields), { topic: 'prices', aggregateType: 'price' }))).toEqual([
      'shop.priced.v1: its topic was "shop" and is "prices". Put it back, or define a new type',
      'shop.priced.v1: its aggregateType was "product" and is "price". Put it back, or define a new type',
    ]);
  });

  test('is refused when what is stored is not found by its keys any more', () => {
    const keys = { item: ({ product }: Priced) => product };
    expect(refused(define(z.object(fields), { keys }))).toEqual([
      'shop.priced.v1: the key product:tea is not found in it any more. Name it beside the new ones',
    ]);
  });

  test('is refused when a lift does not lead to the new shape', () => {
    const lost = first.next(z.object({ cents: z.int() }), () => ({}) as { cents: number }, {
      keys: {},
    });
    freeze(folder, lost, { cents: 250 });
    expect(refused(lost)).toEqual([
      expect.stringMatching(
        /^shop\.priced\.v1: it cannot be read as version 2\. Mend the lifts from it on: .*cents/s,
      ),
    ]);
  });

  test('is refused when it adds a version to one that was never frozen', () => {
    const opened = defineEvent('shop.opened', z.object({}), { topic: 'shop', aggregateType: 'shop' });
    const again = opened.next(z.object({ at: z.string() }), () => ({ at: 'noon' }));
    freeze(folder, again, { at: 'noon' });
    expect(refused(first, again)).toEqual([
      'shop.opened.v1: has no fixture. Take the versions after it out, write it, and put them back',
    ]);
  });
});

describe('a fixture', () => {
  const file = () => join(folder, 'fixtures', 'shop.priced.v1.json');

  test('cannot be written again', () => {
    expect(() => freeze(folder, first, { product: 'mate', price: 3, size: 'S' })).toThrow(
      'shop.priced.v1 is frozen: declare a change with .next(schema, lift)',
    );
    rmSync(file());
    expect(() => freeze(folder, first, { product: 'mate', price: 3, size: 'S' })).toThrow('is frozen');
  });

  test('is written with a payload of the newest version, and with nothing else', () => {
    expect(() => freeze(folder, second, { product: 'tea' })).toThrow(z.ZodError);
    expect(() => freeze(folder, second, { product: 'tea', cents: 250, price: 2.5 })).toThrow(
      'shop.priced.v2 keeps of this payload only {"product":"tea","cents":250}',
    );
  });

  test('may be laid out anew, but not changed', () => {
    const text = readFileSync(file(), 'utf8');
    writeFileSync(file(), JSON.stringify(JSON.parse(text)));
    expect(refused(first)).toEqual([]);
    writeFileSync(file(), text.replace('2.5', '3'));
    expect(refused(first)).toEqual([
      'shop.priced.v1: its fixture was changed. Put it back: events like it are stored',
    ]);
  });

  test('cannot be removed, even with the type that it belongs to', () => {
    rmSync(file());
    expect(refused()).toEqual([
      'shop.priced.v1: its fixture is gone. Put it back: events like it are stored',
    ]);
  });

  test('counts only with its line in the lock', () => {
    writeFileSync(join(folder, 'fixtures.lock.json'), '{}');
    expect(refused(first)).toEqual([
      "shop.priced.v1: is not in the lock. Delete it, and write it with npx node test/events/freeze.ts shop.priced 'PAYLOAD AS JSON'",
    ]);
  });
});

test('the command that writes fixtures says what is frozen already', async () => {
  const run = promisify(execFile)(process.execPath, ['test/events/freeze.ts', 'badge.awarded', '{}']);
  await expect(run).rejects.toMatchObject({
    code: 1,
    stderr: 'badge.awarded.v1 is frozen: declare a change with .next(schema, lift)\n',
  });
});
