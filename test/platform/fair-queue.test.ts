import { describe, expect, test } from 'vitest';
import { FairQueue } from '../../src/platform/fair-queue.ts';
import { itself, type Requester } from '../../src/platform/requester.ts';

const from = (client: string): Requester => ({ client, connection: {} });

/** Begins pieces of work, and ends them one by one in the order in which they began. */
function work(queue: FairQueue) {
  const begun: string[] = [];
  const running: (() => void)[] = [];
  return {
    begun,
    begin(name: string, requester: Requester): () => void {
      let leave = () => {};
      leave = queue.enter(requester, () => {
        begun.push(name);
        running.push(() => leave());
      });
      return leave;
    },
    endOne: () => running.shift()!(),
    endAll() {
      while (running.length > 0) running.shift()!();
    },
  };
}

describe('a place', () => {
  test('is taken at once while there is one, and then by who waits longest', () => {
    const { begun, begin, endOne } = work(new FairQueue({ places: 2 }));
    const ada = from('ada');
    for (const name of ['1', '2', '3', '4']) begin(name, ada);
    expect(begun).toEqual(['1', '2']);
    endOne();
    endOne();
    expect(begun).toEqual(['1', '2', '3', '4']);
  });

  test('goes to each client in turn, however much one of them asks for', () => {
    const { begun, begin, endAll } = work(new FairQueue({ places: 1 }));
    const [greedy, honest, other] = [from('greedy'), from('honest'), from('other')];
    for (let n = 0; n < 1_000; n += 1) begin(`greedy ${n}`, greedy);
    begin('honest', honest);
    begin('other', other);
    endAll();
    expect(begun.slice(0, 4)).toEqual(['greedy 0', 'greedy 1', 'honest', 'other']);
    expect(begun).toHaveLength(1_002);
  });

  test('goes to each connection of a client in turn', () => {
    const { begun, begin, endAll } = work(new FairQueue({ places: 1 }));
    const [one, another] = [from('ada'), from('ada')];
    for (const name of ['a', 'b', 'c']) begin(name, one);
    begin('another', another);
    endAll();
    expect(begun).toEqual(['a', 'b', 'another', 'c']);
  });

  test('of a client does not grow with its connections', () => {
    const { begun, begin, endAll } = work(new FairQueue({ places: 1 }));
    for (let n = 0; n < 100; n += 1) begin(`greedy ${n}`, from('greedy'));
    const honest = from('honest');
    for (const name of ['honest 0', 'honest 1']) begin(name, honest);
    endAll();
    expect(begun.indexOf('honest 1')).toBeLessThanOrEqual(4);
  });

  test('stays free for others when one connection has as many as it can', () => {
    const { begun, begin, endOne } = work(new FairQueue({ places: 3, perConnection: 2 }));
    const [greedy, honest] = [from('one address'), from('one address')];
    for (const name of ['g1', 'g2', 'g3', 'g4']) begin(name, greedy);
    expect(begun).toEqual(['g1', 'g2']);
    begin('honest', honest);
    expect(begun).toEqual(['g1', 'g2', 'honest']);
    endOne();
    expect(begun).toEqual(['g1', 'g2', 'honest', 'g3']);
  });
});

test('one client cannot have all places over many connections, and what stands for many can', () => {
  const { begun, begin } = work(new FairQueue({ places: 3, perConnection: 1, perClient: 2 }));
  for (const name of ['g1', 'g2', 'g3', 'g4']) begin(name, from('greedy'));
  expect(begun).toEqual(['g1', 'g2']);
  begin('honest', from('honest'));
  expect(begun).toEqual(['g1', 'g2', 'honest']);
  const own = work(new FairQueue({ places: 2, perConnection: 1, perClient: 1 }));
  for (const name of ['1', '2']) own.begin(name, itself);
  expect(own.begun).toEqual(['1', '2']);
});

test('what is given up leaves the queue, and what is given up twice frees one place', () => {
  const { begun, begin, endAll } = work(new FairQueue({ places: 1 }));
  const ada = from('ada');
  const first = begin('first', ada);
  const second = begin('second', ada);
  begin('third', ada);
  second();
  second();
  first();
  first();
  expect(begun).toEqual(['first', 'third']);
  begin('fourth', ada);
  expect(begun).toEqual(['first', 'third']);
  endAll();
  expect(begun).toEqual(['first', 'third', 'fourth']);
});
