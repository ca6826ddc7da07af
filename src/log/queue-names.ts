/** The names of a consumer's queues: one, or one for each lane when it keeps events in order. */

/** How a consumer's events are spread over queues. */
export interface Lanes {
  readonly name: string;
  /** 0 when it keeps no order and has one queue */
  readonly lanes: number;
}

/** Every queue of the consumer. */
export function queueNames({ name, lanes }: Lanes): readonly string[] {
  return lanes === 0 ? [name] : Array.from({ length: lanes }, (_, lane) => laneName(name, lane));
}

export const laneName = (consumer: string, lane: number) => `${consumer}~${lane}`;
