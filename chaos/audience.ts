/** Who subscribes to what, over which transport. The names are those that faults reach. */
import type { Recorded } from '../demo/verdict.ts';

export interface Wish {
  /** In words */
  readonly name: string;
  readonly field: string;
  readonly query: string;
  /** Whether a committed event has to arrive */
  readonly wants: (event: Recorded) => boolean;
  /** Every event has to */
  readonly whole: boolean;
}

export interface Seat {
  readonly name: string;
  readonly transport: 'socket' | 'stream';
  readonly wishes: readonly Wish[];
}

const everything: Wish = {
  name: 'the whole log',
  field: 'events',
  query: 'subscription ($after: Cursor) { events(after: $after) { id } }',
  wants: () => true,
  whole: true,
};

const ofTypes = (...types: readonly string[]): Wish => ({
  name: types.join(' and '),
  field: 'events',
  query: `subscription ($after: Cursor) { events(types: ${JSON.stringify(types)}, after: $after) { id } }`,
  wants: ({ type }) => types.includes(type),
  whole: false,
});

const ofUser = (field: string, userId: string, ...types: readonly string[]): Wish => ({
  name: `${field} of ${userId}`,
  field,
  query: `subscription ($after: Cursor) { ${field}(userId: "${userId}", after: $after) { id } }`,
  wants: ({ type, keys }) => types.includes(type) && keys.includes(`user:${userId}`),
  whole: false,
});

const viewing = ['video.watch_started', 'video.quality_changed', 'video.watch_stopped'];

export const seats: readonly Seat[] = [
  { name: 'sockets-0', transport: 'socket', wishes: [everything] },
  { name: 'sockets-1', transport: 'socket', wishes: [everything, ofTypes('video.watch_started')] },
  {
    name: 'sockets-2',
    transport: 'socket',
    wishes: [
      ofUser('watchActivity', 'u0', ...viewing),
      ofUser('notifications', 'u0', 'notification.sent'),
      ofUser('recommendations', 'u0', 'recommendation.updated'),
    ],
  },
  {
    name: 'sockets-3',
    transport: 'socket',
    wishes: [
      ofUser('watchActivity', 'u1', ...viewing),
      ofTypes('badge.awarded', 'video.heartbeat'),
      ofTypes('bank.transfer_sent', 'bank.transfer_received', 'bank.transfer_returned'),
    ],
  },
  { name: 'stream-0', transport: 'stream', wishes: [everything] },
];
