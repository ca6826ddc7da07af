import { expect, test } from 'vitest';
import { operationTypeOf } from '../../client/operation-type.ts';

test.each<[is: boolean, query: string, operationName?: string]>([
  [true, 'subscription { events { id } }'],
  [true, '  # mutation\n subscription Watch($user: ID = "query {") @live { events { id } }'],
  [true, 'fragment mutation on Event { id } subscription { events { ...mutation } }'],
  [true, '"""A \\""" mutation {""" subscription { events { id } }'],
  [true, 'mutation A { b } subscription C($d: E = { f: [1] }) { g }', 'C'],
  [true, '\uFEFFsubscription{events{id}}'],
  [false, 'mutation A { b } subscription C($d: E = { f: [1] }) { g }', 'A'],
  [false, 'mutation A { b } subscription C { g }', 'D'],
  [false, '{ subscription { id } }'],
  [false, 'query subscription { head }'],
  [false, 'mutation { subscription }'],
  [false, 'query { events(types: "subscription { a }") { id } }'],
  [false, 'fragment subscription on Event { id } { head }'],
  [false, ''],
])('it is %s that this asks for a subscription: %s %s', (is, query, operationName) => {
  expect(operationTypeOf({ query, operationName }) === 'subscription').toBe(is);
});
