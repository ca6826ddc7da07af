/** The names of a log's keys in Redis. One hash tag holds them together in one Redis Cluster slot. */
export interface LogKeys {
  /** Hash: incarnation, through, and position and id of the newest event */
  readonly meta: string;
  /** Stream whose last entry id is `through`: the only key that readers block on */
  readonly through: string;
  /** Hash: topic (or `*` for all) to the position above which its stream is complete */
  readonly floors: string;
  topic(topic: string): string;
}

/** The epoch is part of every key: a replaced log can never be taken for the one before. */
export function logKeys(logName: string, epoch: string): LogKeys {
  const prefix = `{${logName}:${epoch}}`;
  return {
    meta: `${prefix}:meta`,
    through: `${prefix}:through`,
    floors: `${prefix}:floors`,
    topic: (topic) => `${prefix}:topic:${topic}`,
  };
}

/** Where writers tell the relay that something was committed. */
export const nudgeChannel = (logName: string) => `${logName}:nudge`;

/** The prefix of BullMQ's keys: of all consumers, or of one that has a Redis Cluster slot of its own. */
export const queuePrefix = (logName: string, consumer?: string) =>
  consumer === undefined ? `{${logName}-queues}` : `{${logName}-queues:${consumer}}`;
/** The marker of a shard's queues, which stands beside them. */
export const queueMarkerKey = (logName: string, consumer?: string) =>
  `${queuePrefix(logName, consumer)}:marker`;
