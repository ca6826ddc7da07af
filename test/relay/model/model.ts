/** What the model knows to be true, and who acts in it. */
import type { LogReader } from '../../../src/log/reader.ts';
import type { StreamPublisher } from '../../../src/relay/stream-publisher.ts';
import type { SteppedProcess } from './stepped-process.ts';

/** An event, by what tells it from every other. */
export interface Fact {
  readonly position: number;
  readonly id: string;
  readonly topic: string;
  readonly aggregate: string;
  /** Counts the events of its aggregate, from 1 */
  readonly version: number;
}

/** What was committed in one Postgres. Another begins when Postgres goes back. */
export interface History {
  /** In position order */
  readonly facts: readonly Fact[];
  /** How far it was published at the most */
  readonly published: number;
}

/** The log of an epoch as Redis has it. */
export interface EpochLog {
  /** What readers of the epoch must see */
  history: History;
  /** Undefined while Redis holds none */
  through: number | undefined;
  /** The highest `through` that Redis ever had */
  most: number;
}

/** Postgres went back, and what was published since has not told yet which history the epoch stands for. */
export interface Return {
  readonly epoch: string;
  /** The history from which the epoch's log was published before */
  readonly former: History;
}

/** A transaction that has not ended. */
export interface OpenTransaction {
  readonly facts: Fact[];
  end(commits: boolean): Promise<void>;
  insert(facts: NewFacts): Promise<readonly Fact[]>;
  /** Its connection was ended */
  abandon(): void;
}

export interface NewFacts {
  readonly topic: string;
  readonly aggregate: string;
  /** Version of the first */
  readonly version: number;
  readonly count: number;
}

export interface PublisherActor {
  readonly process: SteppedProcess;
  readonly publisher: StreamPublisher;
  /** What its last turn gave; undefined when it failed or runs */
  pauseMs: number | undefined;
  /** Its connections to Postgres were ended: it may learn of it at any later time */
  cutOff: boolean;
}

/** A client: it keeps its cursor and what it saw since it last read the state. */
export interface ReaderActor {
  readonly process: SteppedProcess;
  readonly topics: readonly string[];
  reader: LogReader;
  /** Where it read the state: it wants every event above */
  from: number;
  cursor: number;
  readonly seen: { readonly position: number; readonly id: string }[];
}

export interface PostgresBackup {
  readonly history: History;
  readonly epoch: string;
  /** JSON of the rows, by table; null for none */
  readonly tables: Readonly<Record<string, string | null>>;
  readonly sequence: number;
}

/** The stores as they stood after a step. */
export interface Moment {
  /** Every key with its value */
  readonly redis: ReadonlyMap<string, Buffer>;
  /** How far the log in Redis was; infinite when Redis held none, because then it begins anew */
  readonly through: number;
  readonly postgres: PostgresBackup | undefined;
}

export interface Model {
  history: History;
  /** What Postgres says: the epoch of the log, its floor, and the checkpoint of the streams */
  epoch: string;
  floor: number;
  checkpoint: number;
  readonly logs: Map<string, EpochLog>;
  returned: Return | undefined;
  readonly writers: (OpenTransaction | undefined)[];
  readonly publishers: (PublisherActor | undefined)[];
  readonly readers: (ReaderActor | undefined)[];
  /** The beginning and the end of each step, the newest last */
  readonly past: Moment[];
}

export function createModel(epoch: string): Model {
  const history: History = { facts: [], published: 0 };
  return {
    history,
    epoch,
    floor: 0,
    checkpoint: 0,
    logs: new Map([[epoch, { history, through: undefined, most: 0 }]]),
    returned: undefined,
    writers: [],
    publishers: [],
    readers: [],
    past: [],
  };
}

export const topics = ['busy', 'calm'];

/** Adds what a transaction committed to the history. */
export function commit(model: Model, facts: readonly Fact[]): void {
  const all = [...model.history.facts, ...facts].sort((a, b) => a.position - b.position);
  changeHistory(model, { ...model.history, facts: all });
}

/** The log has passed everything up to there. */
export function published(model: Model, through: number): void {
  if (through > model.history.published) changeHistory(model, { ...model.history, published: through });
}

function changeHistory(model: Model, history: History): void {
  for (const log of model.logs.values()) if (log.history === model.history) log.history = history;
  model.history = history;
}

/** Nobody but its holder records events of an aggregate until the transaction ends. */
export function isHeld({ writers }: Model, aggregate: string, except?: OpenTransaction): boolean {
  return writers.some(
    (open) => open && open !== except && open.facts.some((fact) => fact.aggregate === aggregate),
  );
}

export function nextVersion({ history, writers }: Model, aggregate: string): number {
  const facts = [...history.facts, ...writers.flatMap((open) => open?.facts ?? [])];
  return facts.filter((fact) => fact.aggregate === aggregate).length + 1;
}

/** Redis has all that it ever had of the epoch: only then can it tell that Postgres went back. */
export function remembersAll(model: Model, epoch: string): boolean {
  const log = model.logs.get(epoch)!;
  return log.most === 0 || log.through === log.most;
}

/** The facts of one history in (after, upTo], of some topics. */
export function factsIn(
  { facts }: History,
  { topics, after, upTo }: { topics: readonly string[]; after: number; upTo: number },
): readonly Fact[] {
  return facts.filter(
    ({ position, topic }) => position > after && position <= upTo && topics.includes(topic),
  );
}
