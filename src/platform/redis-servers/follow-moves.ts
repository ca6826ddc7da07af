import type { Redis } from 'ioredis';

/** The slot that a connection to a Cluster is for; undefined until a node has told. */
export interface Route {
  slot: number | undefined;
}

/**
 * Leaves a node of a Cluster that says another serves the slot, or that the Cluster is down as far as it can see. What was
 * answered with MOVED was not done: it is sent again, once, to the node that serves the slot. What is part of a pipeline or
 * a transaction fails instead.
 */
export function followMoves(redis: Redis, route: Route): void {
  let isLeaving = false; // many answers may say so
  const leave = () => {
    if (!isLeaving) redis.disconnect(true);
    isLeaving = true;
  };
  redis.on('close', () => {
    isLeaving = false;
  });
  const sentAgain = new WeakSet<object>();
  const waiting: { again(): void; giveUp(): void }[] = [];
  const takeWaiting = () => waiting.splice(0);
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const { reject } = command;
    command.reject = (error: Error) => {
      const slot = /^MOVED (\d+) /.exec(error.message)?.[1];
      if (slot === undefined && !error.message.startsWith('CLUSTERDOWN')) return reject(error);
      if (slot !== undefined) route.slot = Number(slot);
      leave();
      if (slot === undefined || stream || sentAgain.has(command)) return reject(error);
      sentAgain.add(command);
      waiting.push({ again: () => void send(command), giveUp: () => reject(error) });
    };
    return send(command, stream);
  };
  redis.on('ready', () => {
    for (const { again } of takeWaiting()) again();
  });
  redis.on('end', () => {
    for (const { giveUp } of takeWaiting()) giveUp();
  });
}
