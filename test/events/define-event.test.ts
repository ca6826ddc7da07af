import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import { defineEvent, type EventOf, NewerSchemaError } from '../../src/events/define-event.ts';

const priced = defineEvent('shop.priced', z.object({ product: z.string(), price: z.number() }), {
  topic: 'shop',
  aggregateType: 'product',
  keys: { product: ({ product }) => product },
});
/** Version 2 counts in cents, version 3 names the currency. */
const pricedInCents = priced.next(
  z.object({ product: z.string(), cents: z.int() }),
  ({ product, price }) => ({ product, cents: Math.round(price * 100) }),
  { keys: { product: ({ product }) => product } },
);
const pricedInCurrency = pricedInCents.next(
  z.object({ product: z.string(), cents: z.int(), currency: z.string() }),
  (payload) => ({ ...payload, currency: 'EUR' }),
  { keys: { product: ({ product }) => product, currency: ({ currency }) => currency } },
);
const head = { aggregateId: 'tea', aggregateVersion: 1, occurredAt: new Date(0) };
const stored = (schemaVersion: number, payload: unknown) => ({ type: 'shop.priced', schemaVersion, payload });

describe('a new event', () => {
  test('has the definition, keys and payload of the newest version', () => {
    const payload = { product: 'tea', cents: 250, currency: 'EUR' };
    const event = pricedInCurrency.of({ ...head, payload });
    expect(event).toEqual({
      ...head,
      payload,
      keys: ['product:tea', 'currency:EUR'],
      definition: pricedInCurrency,
    });
    expect(event.definition).toMatchObject({
      type: 'shop.priced',
      schemaVersion: 3,
      topic: 'shop',
      aggregateType: 'product',
    });
  });

  test('has no keys when its definition names none', () => {
    const opened = defineEvent('shop.opened', z.object({}), { topic: 'shop', aggregateType: 'shop' });
    expect(opened.of({ ...head, payload: {} }).keys).toEqual([]);
  });

  test('is refused when its payload does not fit', () => {
    const payload = { product: 'tea', price: 'cheap' as never };
    expect(() => priced.of({ ...head, payload })).toThrow(z.ZodError);
  });

  test('keeps of its payload only what the schema names', () => {
    const payload = { product: 'tea', price: 2.5, secret: 'x' };
    expect(priced.of({ ...head, payload }).payload).toEqual({ product: 'tea', price: 2.5 });
  });
});

describe('a stored event', () => {
  test.each([
    [1, { product: 'tea', price: 2.5 }],
    [2, { product: 'tea', cents: 250 }],
    [3, { product: 'tea', cents: 250, currency: 'EUR' }],
  ])('of version %i is read as the newest', (schemaVersion, payload) => {
    expect(pricedInCurrency.read(stored(schemaVersion, payload))).toEqual({
      product: 'tea',
      cents: 250,
      currency: 'EUR',
    });
  });

  test('of a version that this code does not know yet has to wait', () => {
    expect(() => pricedInCents.read(stored(3, {}))).toThrow(NewerSchemaError);
    expect(() => pricedInCents.read(stored(3, {}))).toThrow(
      'shop.priced version 3 is newer than this code, which knows 2',
    );
  });

  test.each([0, -1, 1.5])('of version %d is refused: there never was one', (schemaVersion) => {
    const payload = { product: 'tea', price: 2.5 };
    expect(() => priced.read(stored(schemaVersion, payload))).toThrow();
    expect(() => pricedInCurrency.read(stored(schemaVersion, payload))).toThrow(
      `shop.priced has no version ${schemaVersion}`,
    );
  });

  test('is checked against the schema of its own version before it is lifted', () => {
    expect(() => pricedInCurrency.read(stored(1, { product: 'tea', cents: 250 }))).toThrow(z.ZodError);
  });

  test('may hold fields that this code does not know', () => {
    expect(priced.read(stored(1, { product: 'tea', price: 2.5, since: 'today' }))).toEqual({
      product: 'tea',
      price: 2.5,
    });
  });
});

describe('a definition', () => {
  test.each(['priced', 'Shop.priced', 'shop.priced.now', 'shop.*', 'shop:priced', ''])(
    'refuses the type "%s"',
    (type) => {
      const place = { topic: 'shop', aggregateType: 'product' };
      expect(() => defineEvent(type, z.object({}), place)).toThrow('<domain>.<past_tense_fact>');
    },
  );

  test('stays as it is when a next version is made of it', () => {
    expect(priced.schemaVersion).toBe(1);
    expect(priced.read(stored(1, { product: 'tea', price: 2.5 }))).toEqual({ product: 'tea', price: 2.5 });
  });

  test('names the schemas of all its versions, so that each can be asked for what it was', () => {
    expect(pricedInCurrency.schemas).toEqual([priced.schema, pricedInCents.schema, pricedInCurrency.schema]);
    expect(priced.schemas).toEqual([priced.schema]);
  });

  test('refuses a next version that would no longer be found by keys', () => {
    const next = () => priced.next(z.object({ name: z.string() }), ({ product }) => ({ name: product }));
    expect(next).toThrow('shop.priced version 2 must name its keys');
  });

  test('tells events apart by their type in a union', () => {
    const opened = defineEvent('shop.opened', z.object({ at: z.string() }), {
      topic: 'shop',
      aggregateType: 'shop',
    });
    type Either = EventOf<typeof opened | typeof pricedInCents>;
    expectTypeOf<Extract<Either, { type: 'shop.opened' }>['payload']>().toEqualTypeOf<{ at: string }>();
    expectTypeOf<Extract<Either, { type: 'shop.priced' }>['payload']>().toEqualTypeOf<{
      product: string;
      cents: number;
    }>();
  });
});
