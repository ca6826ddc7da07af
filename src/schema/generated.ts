import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { LogEvent } from '../events/envelope.ts';
import type { Video as VideoRow } from '../generated/prisma/client.ts';
import type { Context } from '../resolvers/context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An opaque place in the event log. Give the last one you received as `after` and you get what came next: no gap, no duplicate. */
  Cursor: { input: string; output: string; }
  DateTime: { input: Date; output: Date; }
  JSON: { input: unknown; output: unknown; }
  /** Whole minor units of the account's currency (cents for EUR, yen for JPY, fils for KWD), as a decimal string, so that no client loses precision. */
  Money: { input: string; output: string; }
};

export type Account = {
  readonly __typename?: 'Account';
  readonly balance: Scalars['Money']['output'];
  readonly currency: Scalars['String']['output'];
  readonly id: Scalars['ID']['output'];
  /** Digits after the point in the currency (ISO 4217) */
  readonly minorUnitDigits: Scalars['Int']['output'];
  readonly openedAt: Scalars['DateTime']['output'];
  readonly overdraftLimit: Scalars['Money']['output'];
  readonly owner: Scalars['String']['output'];
  readonly status: AccountStatus;
  readonly updatedAt: Scalars['DateTime']['output'];
  readonly version: Scalars['Int']['output'];
};

/** An account was closed: nothing moves on it any more but what comes back. */
export type AccountClosed = Event & {
  readonly __typename?: 'AccountClosed';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
};

export type AccountConnection = {
  readonly __typename?: 'AccountConnection';
  readonly edges: ReadonlyArray<AccountEdge>;
  readonly pageInfo: PageInfo;
};

export type AccountEdge = {
  readonly __typename?: 'AccountEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Account;
};

/** What one event of an account did to its balance. */
export type AccountMovement = {
  readonly __typename?: 'AccountMovement';
  /** What came in, or with a minus what went out */
  readonly amount: Scalars['Money']['output'];
  readonly at: Scalars['DateTime']['output'];
  /** After it */
  readonly balance: Scalars['Money']['output'];
  /** The other account of the transfer */
  readonly counterpartyId?: Maybe<Scalars['ID']['output']>;
  readonly description?: Maybe<Scalars['String']['output']>;
  readonly kind: MovementKind;
  readonly transferId?: Maybe<Scalars['ID']['output']>;
  /** The account's version after it */
  readonly version: Scalars['Int']['output'];
};

export type AccountMovementConnection = {
  readonly __typename?: 'AccountMovementConnection';
  readonly edges: ReadonlyArray<AccountMovementEdge>;
  readonly pageInfo: PageInfo;
};

export type AccountMovementEdge = {
  readonly __typename?: 'AccountMovementEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: AccountMovement;
};

/** An account was opened. */
export type AccountOpened = Event & {
  readonly __typename?: 'AccountOpened';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  /** What was paid in as it was opened */
  readonly initialDeposit: Scalars['Money']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  /** How far its balance may fall below zero */
  readonly overdraftLimit: Scalars['Money']['output'];
  /** Whose account it is */
  readonly owner: Scalars['String']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
};

export type AccountOrder =
  | 'BALANCE_ASC'
  | 'BALANCE_DESC'
  | 'OPENED_DESC'
  | 'OWNER';

/** What moved on an account in a month: opening + totalIn - totalOut = closing. */
export type AccountStatement = {
  readonly __typename?: 'AccountStatement';
  readonly account: Account;
  /** The balance as it ends; of the current month, the balance now */
  readonly closing: Scalars['Money']['output'];
  /** Such as 2026-11, in UTC */
  readonly month: Scalars['String']['output'];
  /** In the order in which they happened */
  readonly movements: AccountMovementConnection;
  /** The balance as the month begins */
  readonly opening: Scalars['Money']['output'];
  readonly totalIn: Scalars['Money']['output'];
  readonly totalOut: Scalars['Money']['output'];
};

export type AccountStatus =
  | 'CLOSED'
  | 'OPEN';

export type Badge = {
  readonly __typename?: 'Badge';
  readonly awardedAt: Scalars['DateTime']['output'];
  readonly name: Scalars['String']['output'];
};

export type BadgeAwarded = Event & {
  readonly __typename?: 'BadgeAwarded';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly badge: Scalars['String']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
  readonly userId: Scalars['ID']['output'];
};

export type ConsumerKind =
  | 'PROCESSOR'
  | 'QUEUE';

/** lag: events not yet handled; dead: dead letters */
export type ConsumerStatus = {
  readonly __typename?: 'ConsumerStatus';
  readonly active: Scalars['Int']['output'];
  readonly consumer: Scalars['String']['output'];
  readonly dead: Scalars['Int']['output'];
  readonly delayed: Scalars['Int']['output'];
  /** It takes nothing new until it is resumed; its lag is what it still has to handle, and 0 says that it is done */
  readonly draining: Scalars['Boolean']['output'];
  readonly kind: ConsumerKind;
  readonly lag: Scalars['Int']['output'];
  /** How many queues its events are spread over to keep their order; 0 when it keeps none */
  readonly lanes: Scalars['Int']['output'];
  readonly oldestUnhandledSeconds: Scalars['Float']['output'];
  /** What the order of its events is kept by: aggregate, or a kind of key; null for a queue without order */
  readonly orderedBy?: Maybe<Scalars['String']['output']>;
  readonly paused: Scalars['Boolean']['output'];
  /** Of the dead letters, those that did not fail: they wait for one before them that has the same ordering key */
  readonly waiting: Scalars['Int']['output'];
};

export type DeadLetter = {
  readonly __typename?: 'DeadLetter';
  readonly attempts: Scalars['Int']['output'];
  readonly consumer: Scalars['String']['output'];
  readonly error: Scalars['String']['output'];
  readonly event: Event;
  readonly failedAt: Scalars['DateTime']['output'];
  readonly id: Scalars['ID']['output'];
  /** What the consumer keeps the order of the event by, if it keeps one */
  readonly orderingKey?: Maybe<Scalars['String']['output']>;
  readonly status: DeadLetterStatus;
  /** The dead letter that is in the way of one that waits: the first one of its key that failed */
  readonly waitsFor?: Maybe<Scalars['ID']['output']>;
};

export type DeadLetterConnection = {
  readonly __typename?: 'DeadLetterConnection';
  readonly edges: ReadonlyArray<DeadLetterEdge>;
  readonly pageInfo: PageInfo;
};

export type DeadLetterEdge = {
  readonly __typename?: 'DeadLetterEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: DeadLetter;
};

export type DeadLetterStatus =
  | 'FAILED'
  /** On its way to its consumer again */
  | 'REDRIVEN'
  /** It did not fail: it waits for one before it that has the same ordering key, and follows when that is handled or discarded */
  | 'WAITING';

/** Something that happened, once, and is kept in the log. */
export type Event = {
  /** Who did it; null when nobody was signed in */
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** The event that caused this one; null when a request did */
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  /** The same for everything that one request set off */
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  /** UUID version 7 */
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The payload in the newest schema version */
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** <domain>.<past_tense_fact>, such as video.watch_started */
  readonly type: Scalars['String']['output'];
};

export type EventConnection = {
  readonly __typename?: 'EventConnection';
  readonly edges: ReadonlyArray<EventEdge>;
  readonly pageInfo: PageInfo;
};

export type EventEdge = {
  readonly __typename?: 'EventEdge';
  readonly cursor: Scalars['Cursor']['output'];
  readonly node: Event;
};

/** What one request set off: every event, and what each consumer did with it. */
export type EventFlow = {
  readonly __typename?: 'EventFlow';
  readonly correlationId: Scalars['ID']['output'];
  readonly mermaid: Scalars['String']['output'];
  readonly steps: ReadonlyArray<EventFlowStep>;
};

export type EventFlowStep = {
  readonly __typename?: 'EventFlowStep';
  readonly event: Event;
  readonly reactions: ReadonlyArray<Reaction>;
};

/** Any event of a type that has no GraphQL type of its own */
export type GenericEvent = Event & {
  readonly __typename?: 'GenericEvent';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
};

export type GenreScore = {
  readonly __typename?: 'GenreScore';
  readonly genre: Scalars['String']['output'];
  readonly score: Scalars['Float']['output'];
};

/** Money was paid in. */
export type MoneyDeposited = Event & {
  readonly __typename?: 'MoneyDeposited';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** How much was moved */
  readonly amount: Scalars['Money']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  /** What it was for, in the words of whoever moved it */
  readonly description?: Maybe<Scalars['String']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
};

/** Money was paid out. */
export type MoneyWithdrawn = Event & {
  readonly __typename?: 'MoneyWithdrawn';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** How much was moved */
  readonly amount: Scalars['Money']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  /** What it was for, in the words of whoever moved it */
  readonly description?: Maybe<Scalars['String']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
};

export type MovementKind =
  | 'DEPOSITED'
  | 'OPENED'
  | 'TRANSFER_RECEIVED'
  | 'TRANSFER_RETURNED'
  | 'TRANSFER_SENT'
  | 'WITHDRAWN';

export type Mutation = {
  readonly __typename?: 'Mutation';
  readonly changeQuality: WatchSession;
  /** Not while it is overdrawn. What is on it stays there, and nothing moves any more but what comes back: pay it out first. */
  readonly closeAccount: Account;
  /** expectedVersion: refuse with VERSION_CONFLICT unless the account is at this version. */
  readonly deposit: Account;
  /** Lets dead letters go for good; gives how many. Name ids or a consumer. */
  readonly discard: Scalars['Int']['output'];
  /** Handles everything that is committed by now, and takes nothing after, until it is resumed; lag 0 says that it is done */
  readonly drainConsumer: ConsumerStatus;
  readonly heartbeat: WatchSession;
  readonly openAccount: Account;
  readonly pauseConsumer: ConsumerStatus;
  /** Sends dead letters to their consumer again; gives how many. Name ids or a consumer. */
  readonly redrive: Scalars['Int']['output'];
  /** Ends both pause and drain */
  readonly resumeConsumer: ConsumerStatus;
  /** idempotencyKey: the same key twice has one effect and one answer */
  readonly startWatching: WatchSession;
  readonly stopWatching: WatchSession;
  /** Takes the money from the one account, and answers while it is in flight to the other; subscribe to the transfer to see it arrive, or come back. */
  readonly transfer: Transfer;
  readonly withdraw: Account;
};


export type MutationChangeQualityArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  quality: Quality;
  sessionId: Scalars['ID']['input'];
};


export type MutationCloseAccountArgs = {
  accountId: Scalars['ID']['input'];
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


export type MutationDepositArgs = {
  accountId: Scalars['ID']['input'];
  amount: Scalars['Money']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


export type MutationDiscardArgs = {
  consumer?: InputMaybe<Scalars['String']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  ids?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};


export type MutationDrainConsumerArgs = {
  consumer: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


export type MutationHeartbeatArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  sessionId: Scalars['ID']['input'];
};


export type MutationOpenAccountArgs = {
  currency?: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  initialDeposit?: Scalars['Money']['input'];
  overdraftLimit?: Scalars['Money']['input'];
  owner: Scalars['String']['input'];
};


export type MutationPauseConsumerArgs = {
  consumer: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


export type MutationRedriveArgs = {
  consumer?: InputMaybe<Scalars['String']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  ids?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};


export type MutationResumeConsumerArgs = {
  consumer: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


export type MutationStartWatchingArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  quality?: Quality;
  userId: Scalars['ID']['input'];
  videoId: Scalars['ID']['input'];
};


export type MutationStopWatchingArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  sessionId: Scalars['ID']['input'];
};


export type MutationTransferArgs = {
  amount: Scalars['Money']['input'];
  fromAccountId: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  toAccountId: Scalars['ID']['input'];
};


export type MutationWithdrawArgs = {
  accountId: Scalars['ID']['input'];
  amount: Scalars['Money']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

export type Notification = {
  readonly __typename?: 'Notification';
  readonly id: Scalars['ID']['output'];
  readonly message: Scalars['String']['output'];
  readonly sentAt: Scalars['DateTime']['output'];
};

export type NotificationSent = Event & {
  readonly __typename?: 'NotificationSent';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly message: Scalars['String']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
  readonly userId: Scalars['ID']['output'];
};

/** Page cursors are plain strings; where the list is the log itself they are log cursors and serve as `after` of a subscription too. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

export type Pipeline = {
  readonly __typename?: 'Pipeline';
  readonly consumers: ReadonlyArray<ConsumerStatus>;
  readonly oldestUnpublishedSeconds: Scalars['Float']['output'];
  readonly outboxLag: Scalars['Int']['output'];
  readonly relayLeader?: Maybe<Scalars['String']['output']>;
  readonly streams: ReadonlyArray<StreamStatus>;
};

export type Preferences = {
  readonly __typename?: 'Preferences';
  readonly favouriteGenres: ReadonlyArray<GenreScore>;
  readonly preferredQuality?: Maybe<Quality>;
  readonly userId: Scalars['ID']['output'];
};

export type Quality =
  | 'FULL_HD'
  | 'HD'
  | 'SD'
  | 'UHD';

export type QualityChanged = Event & {
  readonly __typename?: 'QualityChanged';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly from: Quality;
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly sessionId: Scalars['ID']['output'];
  readonly to: Quality;
  readonly type: Scalars['String']['output'];
  readonly userId: Scalars['ID']['output'];
  readonly videoId: Scalars['ID']['output'];
};

export type QualityCount = {
  readonly __typename?: 'QualityCount';
  readonly quality: Quality;
  readonly viewers: Scalars['Int']['output'];
};

export type Query = {
  readonly __typename?: 'Query';
  /** The account now, or as it stood at an instant or after a version (not both) */
  readonly account?: Maybe<Account>;
  /**
   * Everything that has happened to the account, and who did it, for ever. The cursors of the page count its versions; the
   * `cursor` of an event is its place in the log, which is expired once the log does not keep the event any more.
   */
  readonly accountHistory: EventConnection;
  /** `first` and `after` are those of the movements; the figures are always those of the whole month. It holds what was committed when it was asked for; while the read model is behind for long, what `account.version` says. UNAVAILABLE until it has come to a new account. */
  readonly accountStatement: AccountStatement;
  /** All that is given must hold; the bounds of the balance are included. Balances of different currencies are compared as whole minor units. A read model: a moment behind what has just happened, and `version` says how far it has come; `account` is never behind. */
  readonly accounts: AccountConnection;
  readonly badges: ReadonlyArray<Badge>;
  readonly deadLetters: DeadLetterConnection;
  readonly eventFlow?: Maybe<EventFlow>;
  /** The log itself; filters are joined by and; `types` may end in .* (video.*). `last` without `before` gives the newest. */
  readonly events: EventConnection;
  /** The newest place in the log, taken before any other field of the request is read: subscribe from here and miss no change to the state read beside it */
  readonly head: Scalars['Cursor']['output'];
  readonly leaderboard: ReadonlyArray<RankedVideo>;
  readonly notifications: ReadonlyArray<Notification>;
  readonly pipeline: Pipeline;
  readonly preferences: Preferences;
  readonly recommendations: ReadonlyArray<Video>;
  readonly session?: Maybe<WatchSession>;
  readonly transfer?: Maybe<Transfer>;
  readonly video?: Maybe<Video>;
  readonly videos: VideoConnection;
  readonly viewership: Viewership;
};


export type QueryAccountArgs = {
  at?: InputMaybe<Scalars['DateTime']['input']>;
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryAccountHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  last?: InputMaybe<Scalars['Int']['input']>;
};


export type QueryAccountStatementArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  id: Scalars['ID']['input'];
  month: Scalars['String']['input'];
};


export type QueryAccountsArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  currency?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  maxBalance?: InputMaybe<Scalars['Money']['input']>;
  minBalance?: InputMaybe<Scalars['Money']['input']>;
  orderBy?: AccountOrder;
  owner?: InputMaybe<Scalars['String']['input']>;
  status?: InputMaybe<AccountStatus>;
};


export type QueryBadgesArgs = {
  userId: Scalars['ID']['input'];
};


export type QueryDeadLettersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  consumer?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};


export type QueryEventFlowArgs = {
  correlationId: Scalars['ID']['input'];
};


export type QueryEventsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  aggregateId?: InputMaybe<Scalars['ID']['input']>;
  before?: InputMaybe<Scalars['Cursor']['input']>;
  correlationId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


export type QueryLeaderboardArgs = {
  first?: Scalars['Int']['input'];
};


export type QueryNotificationsArgs = {
  first?: Scalars['Int']['input'];
  userId: Scalars['ID']['input'];
};


export type QueryPreferencesArgs = {
  userId: Scalars['ID']['input'];
};


export type QueryRecommendationsArgs = {
  first?: Scalars['Int']['input'];
  userId: Scalars['ID']['input'];
};


export type QuerySessionArgs = {
  id: Scalars['ID']['input'];
};


export type QueryTransferArgs = {
  id: Scalars['ID']['input'];
};


export type QueryVideoArgs = {
  id: Scalars['ID']['input'];
};


export type QueryVideosArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  search?: InputMaybe<Scalars['String']['input']>;
};


export type QueryViewershipArgs = {
  videoId?: InputMaybe<Scalars['ID']['input']>;
};

export type RankedVideo = {
  readonly __typename?: 'RankedVideo';
  readonly rank: Scalars['Int']['output'];
  readonly starts: Scalars['Int']['output'];
  readonly video: Video;
};

export type Reaction = {
  readonly __typename?: 'Reaction';
  readonly attempts: Scalars['Int']['output'];
  readonly consumer: Scalars['String']['output'];
  readonly error?: Maybe<Scalars['String']['output']>;
  readonly finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Since when a worker has had the event, while one has */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly status: ReactionStatus;
};

export type ReactionStatus =
  | 'DEAD'
  | 'DONE'
  | 'FAILED'
  | 'PENDING';

export type RecommendationsUpdated = Event & {
  readonly __typename?: 'RecommendationsUpdated';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
  readonly userId: Scalars['ID']['output'];
  readonly videos: ReadonlyArray<Video>;
};

export type StreamStatus = {
  readonly __typename?: 'StreamStatus';
  readonly lastCursor?: Maybe<Scalars['Cursor']['output']>;
  readonly length: Scalars['Int']['output'];
  readonly topic: Scalars['String']['output'];
};

export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The account as it is now, then after each change; several changes at once are told as one. */
  readonly account: Account;
  /** What happens to the account, in order */
  readonly accountActivity: Event;
  readonly events: Event;
  readonly leaderboard: ReadonlyArray<RankedVideo>;
  readonly notifications: NotificationSent;
  readonly pipeline: Pipeline;
  readonly recommendations: RecommendationsUpdated;
  /** The transfer as it is now, then after each change */
  readonly transfer: Transfer;
  readonly viewership: Viewership;
  readonly watchActivity: Event;
};


export type SubscriptionAccountArgs = {
  id: Scalars['ID']['input'];
};


export type SubscriptionAccountActivityArgs = {
  accountId: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['Cursor']['input']>;
};


export type SubscriptionEventsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  aggregateId?: InputMaybe<Scalars['ID']['input']>;
  correlationId?: InputMaybe<Scalars['ID']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


export type SubscriptionLeaderboardArgs = {
  first?: Scalars['Int']['input'];
};


export type SubscriptionNotificationsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  userId: Scalars['ID']['input'];
};


export type SubscriptionRecommendationsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  userId: Scalars['ID']['input'];
};


export type SubscriptionTransferArgs = {
  id: Scalars['ID']['input'];
};


export type SubscriptionViewershipArgs = {
  videoId?: InputMaybe<Scalars['ID']['input']>;
};


export type SubscriptionWatchActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  userId?: InputMaybe<Scalars['ID']['input']>;
  videoId?: InputMaybe<Scalars['ID']['input']>;
};

export type Transfer = {
  readonly __typename?: 'Transfer';
  readonly amount: Scalars['Money']['output'];
  readonly createdAt: Scalars['DateTime']['output'];
  readonly currency: Scalars['String']['output'];
  readonly fromAccountId: Scalars['ID']['output'];
  readonly id: Scalars['ID']['output'];
  /** Why it failed or was refunded */
  readonly reason?: Maybe<Scalars['String']['output']>;
  readonly status: TransferStatus;
  readonly toAccountId: Scalars['ID']['output'];
  readonly updatedAt: Scalars['DateTime']['output'];
};

/** A transfer has arrived. */
export type TransferCompleted = Event & {
  readonly __typename?: 'TransferCompleted';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

/** A transfer has neither arrived nor come back: a person has to look. */
export type TransferFailed = Event & {
  readonly __typename?: 'TransferFailed';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  /** Why */
  readonly reason: Scalars['String']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

/** Money of a transfer has arrived on the account. */
export type TransferReceived = Event & {
  readonly __typename?: 'TransferReceived';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** How much was moved */
  readonly amount: Scalars['Money']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  /** The account that the money comes from */
  readonly fromAccountId: Scalars['ID']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

/** The money of a transfer is back where it came from. */
export type TransferRefunded = Event & {
  readonly __typename?: 'TransferRefunded';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  /** Why */
  readonly reason: Scalars['String']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

/** What was sent is back on the account: the other one did not take it. */
export type TransferReturned = Event & {
  readonly __typename?: 'TransferReturned';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** How much was moved */
  readonly amount: Scalars['Money']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The account that the money is sent to */
  readonly toAccountId: Scalars['ID']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

/** Money has left the account, and is in flight until it is received or returned. */
export type TransferSent = Event & {
  readonly __typename?: 'TransferSent';
  /** The account that it happened to */
  readonly accountId: Scalars['ID']['output'];
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** How much was moved */
  readonly amount: Scalars['Money']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The account that the money is sent to */
  readonly toAccountId: Scalars['ID']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

/** A transfer was asked for, and is on its way. */
export type TransferStarted = Event & {
  readonly __typename?: 'TransferStarted';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** How much was moved */
  readonly amount: Scalars['Money']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  /** The ISO 4217 code of the currency */
  readonly currency: Scalars['String']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  /** The account that the money comes from */
  readonly fromAccountId: Scalars['ID']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The account that the money is sent to */
  readonly toAccountId: Scalars['ID']['output'];
  /** The transfer that it is part of */
  readonly transferId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
};

export type TransferStatus =
  | 'COMPLETED'
  | 'FAILED'
  | 'PENDING'
  | 'REFUNDED';

export type Video = {
  readonly __typename?: 'Video';
  readonly genres: ReadonlyArray<Scalars['String']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly title: Scalars['String']['output'];
  readonly year?: Maybe<Scalars['Int']['output']>;
};

export type VideoConnection = {
  readonly __typename?: 'VideoConnection';
  readonly edges: ReadonlyArray<VideoEdge>;
  readonly pageInfo: PageInfo;
};

export type VideoEdge = {
  readonly __typename?: 'VideoEdge';
  readonly cursor: Scalars['String']['output'];
  readonly node: Video;
};

/** Who is watching now. A session counts until it stops, or until 30 s have passed with no heartbeat. */
export type Viewership = {
  readonly __typename?: 'Viewership';
  readonly at: Scalars['DateTime']['output'];
  readonly byQuality: ReadonlyArray<QualityCount>;
  readonly concurrentViewers: Scalars['Int']['output'];
  readonly videoId?: Maybe<Scalars['ID']['output']>;
};

export type WatchSession = {
  readonly __typename?: 'WatchSession';
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  readonly id: Scalars['ID']['output'];
  readonly lastSeenAt: Scalars['DateTime']['output'];
  readonly quality: Quality;
  readonly startedAt: Scalars['DateTime']['output'];
  readonly userId: Scalars['ID']['output'];
  readonly video: Video;
};

export type WatchStarted = Event & {
  readonly __typename?: 'WatchStarted';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly quality: Quality;
  readonly schemaVersion: Scalars['Int']['output'];
  readonly sessionId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
  readonly userId: Scalars['ID']['output'];
  readonly videoId: Scalars['ID']['output'];
};

export type WatchStopped = Event & {
  readonly __typename?: 'WatchStopped';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly sessionId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
  readonly userId: Scalars['ID']['output'];
  readonly videoId: Scalars['ID']['output'];
  readonly watchedSeconds: Scalars['Int']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  Account: ResolverTypeWrapper<Account>;
  AccountClosed: ResolverTypeWrapper<LogEvent>;
  AccountConnection: ResolverTypeWrapper<AccountConnection>;
  AccountEdge: ResolverTypeWrapper<AccountEdge>;
  AccountMovement: ResolverTypeWrapper<AccountMovement>;
  AccountMovementConnection: ResolverTypeWrapper<AccountMovementConnection>;
  AccountMovementEdge: ResolverTypeWrapper<AccountMovementEdge>;
  AccountOpened: ResolverTypeWrapper<LogEvent>;
  AccountOrder: AccountOrder;
  AccountStatement: ResolverTypeWrapper<AccountStatement>;
  AccountStatus: AccountStatus;
  Badge: ResolverTypeWrapper<Badge>;
  BadgeAwarded: ResolverTypeWrapper<LogEvent>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  ConsumerKind: ConsumerKind;
  ConsumerStatus: ResolverTypeWrapper<ConsumerStatus>;
  Cursor: ResolverTypeWrapper<Scalars['Cursor']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  DeadLetter: ResolverTypeWrapper<Omit<DeadLetter, 'event'> & { event: ResolversTypes['Event'] }>;
  DeadLetterConnection: ResolverTypeWrapper<Omit<DeadLetterConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['DeadLetterEdge']> }>;
  DeadLetterEdge: ResolverTypeWrapper<Omit<DeadLetterEdge, 'node'> & { node: ResolversTypes['DeadLetter'] }>;
  DeadLetterStatus: DeadLetterStatus;
  Event: ResolverTypeWrapper<LogEvent>;
  EventConnection: ResolverTypeWrapper<Omit<EventConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['EventEdge']> }>;
  EventEdge: ResolverTypeWrapper<Omit<EventEdge, 'node'> & { node: ResolversTypes['Event'] }>;
  EventFlow: ResolverTypeWrapper<Omit<EventFlow, 'steps'> & { steps: ReadonlyArray<ResolversTypes['EventFlowStep']> }>;
  EventFlowStep: ResolverTypeWrapper<Omit<EventFlowStep, 'event'> & { event: ResolversTypes['Event'] }>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  GenericEvent: ResolverTypeWrapper<LogEvent>;
  GenreScore: ResolverTypeWrapper<GenreScore>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  Money: ResolverTypeWrapper<Scalars['Money']['output']>;
  MoneyDeposited: ResolverTypeWrapper<LogEvent>;
  MoneyWithdrawn: ResolverTypeWrapper<LogEvent>;
  MovementKind: MovementKind;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Notification: ResolverTypeWrapper<Notification>;
  NotificationSent: ResolverTypeWrapper<LogEvent>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  Pipeline: ResolverTypeWrapper<Pipeline>;
  Preferences: ResolverTypeWrapper<Preferences>;
  Quality: Quality;
  QualityChanged: ResolverTypeWrapper<LogEvent>;
  QualityCount: ResolverTypeWrapper<QualityCount>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  RankedVideo: ResolverTypeWrapper<Omit<RankedVideo, 'video'> & { video: ResolversTypes['Video'] }>;
  Reaction: ResolverTypeWrapper<Reaction>;
  ReactionStatus: ReactionStatus;
  RecommendationsUpdated: ResolverTypeWrapper<LogEvent>;
  StreamStatus: ResolverTypeWrapper<StreamStatus>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Transfer: ResolverTypeWrapper<Transfer>;
  TransferCompleted: ResolverTypeWrapper<LogEvent>;
  TransferFailed: ResolverTypeWrapper<LogEvent>;
  TransferReceived: ResolverTypeWrapper<LogEvent>;
  TransferRefunded: ResolverTypeWrapper<LogEvent>;
  TransferReturned: ResolverTypeWrapper<LogEvent>;
  TransferSent: ResolverTypeWrapper<LogEvent>;
  TransferStarted: ResolverTypeWrapper<LogEvent>;
  TransferStatus: TransferStatus;
  Video: ResolverTypeWrapper<VideoRow>;
  VideoConnection: ResolverTypeWrapper<Omit<VideoConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['VideoEdge']> }>;
  VideoEdge: ResolverTypeWrapper<Omit<VideoEdge, 'node'> & { node: ResolversTypes['Video'] }>;
  Viewership: ResolverTypeWrapper<Viewership>;
  WatchSession: ResolverTypeWrapper<Omit<WatchSession, 'video'> & { video: ResolversTypes['Video'] }>;
  WatchStarted: ResolverTypeWrapper<LogEvent>;
  WatchStopped: ResolverTypeWrapper<LogEvent>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  Account: Account;
  AccountClosed: LogEvent;
  AccountConnection: AccountConnection;
  AccountEdge: AccountEdge;
  AccountMovement: AccountMovement;
  AccountMovementConnection: AccountMovementConnection;
  AccountMovementEdge: AccountMovementEdge;
  AccountOpened: LogEvent;
  AccountStatement: AccountStatement;
  Badge: Badge;
  BadgeAwarded: LogEvent;
  Boolean: Scalars['Boolean']['output'];
  ConsumerStatus: ConsumerStatus;
  Cursor: Scalars['Cursor']['output'];
  DateTime: Scalars['DateTime']['output'];
  DeadLetter: Omit<DeadLetter, 'event'> & { event: ResolversParentTypes['Event'] };
  DeadLetterConnection: Omit<DeadLetterConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['DeadLetterEdge']> };
  DeadLetterEdge: Omit<DeadLetterEdge, 'node'> & { node: ResolversParentTypes['DeadLetter'] };
  Event: LogEvent;
  EventConnection: Omit<EventConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['EventEdge']> };
  EventEdge: Omit<EventEdge, 'node'> & { node: ResolversParentTypes['Event'] };
  EventFlow: Omit<EventFlow, 'steps'> & { steps: ReadonlyArray<ResolversParentTypes['EventFlowStep']> };
  EventFlowStep: Omit<EventFlowStep, 'event'> & { event: ResolversParentTypes['Event'] };
  Float: Scalars['Float']['output'];
  GenericEvent: LogEvent;
  GenreScore: GenreScore;
  ID: Scalars['ID']['output'];
  Int: Scalars['Int']['output'];
  JSON: Scalars['JSON']['output'];
  Money: Scalars['Money']['output'];
  MoneyDeposited: LogEvent;
  MoneyWithdrawn: LogEvent;
  Mutation: Record<PropertyKey, never>;
  Notification: Notification;
  NotificationSent: LogEvent;
  PageInfo: PageInfo;
  Pipeline: Pipeline;
  Preferences: Preferences;
  QualityChanged: LogEvent;
  QualityCount: QualityCount;
  Query: Record<PropertyKey, never>;
  RankedVideo: Omit<RankedVideo, 'video'> & { video: ResolversParentTypes['Video'] };
  Reaction: Reaction;
  RecommendationsUpdated: LogEvent;
  StreamStatus: StreamStatus;
  String: Scalars['String']['output'];
  Subscription: Record<PropertyKey, never>;
  Transfer: Transfer;
  TransferCompleted: LogEvent;
  TransferFailed: LogEvent;
  TransferReceived: LogEvent;
  TransferRefunded: LogEvent;
  TransferReturned: LogEvent;
  TransferSent: LogEvent;
  TransferStarted: LogEvent;
  Video: VideoRow;
  VideoConnection: Omit<VideoConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['VideoEdge']> };
  VideoEdge: Omit<VideoEdge, 'node'> & { node: ResolversParentTypes['Video'] };
  Viewership: Viewership;
  WatchSession: Omit<WatchSession, 'video'> & { video: ResolversParentTypes['Video'] };
  WatchStarted: LogEvent;
  WatchStopped: LogEvent;
};

export type AccountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Account'] = ResolversParentTypes['Account']> = {
  balance?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  minorUnitDigits?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  openedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  overdraftLimit?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['AccountStatus'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AccountClosedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountClosed'] = ResolversParentTypes['AccountClosed']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AccountConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountConnection'] = ResolversParentTypes['AccountConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AccountEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AccountEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountEdge'] = ResolversParentTypes['AccountEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
};

export type AccountMovementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountMovement'] = ResolversParentTypes['AccountMovement']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  balance?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  counterpartyId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['MovementKind'], ParentType, ContextType>;
  transferId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AccountMovementConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountMovementConnection'] = ResolversParentTypes['AccountMovementConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['AccountMovementEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AccountMovementEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountMovementEdge'] = ResolversParentTypes['AccountMovementEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AccountMovement'], ParentType, ContextType>;
};

export type AccountOpenedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountOpened'] = ResolversParentTypes['AccountOpened']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  initialDeposit?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  overdraftLimit?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type AccountStatementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AccountStatement'] = ResolversParentTypes['AccountStatement']> = {
  account?: Resolver<ResolversTypes['Account'], ParentType, ContextType>;
  closing?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  month?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  movements?: Resolver<ResolversTypes['AccountMovementConnection'], ParentType, ContextType>;
  opening?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  totalIn?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  totalOut?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type BadgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Badge'] = ResolversParentTypes['Badge']> = {
  awardedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type BadgeAwardedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['BadgeAwarded'] = ResolversParentTypes['BadgeAwarded']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  badge?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConsumerStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConsumerStatus'] = ResolversParentTypes['ConsumerStatus']> = {
  active?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  consumer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  dead?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  delayed?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  draining?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ConsumerKind'], ParentType, ContextType>;
  lag?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lanes?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  oldestUnhandledSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  orderedBy?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  paused?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  waiting?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export interface CursorScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Cursor'], any> {
  name: 'Cursor';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type DeadLetterResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeadLetter'] = ResolversParentTypes['DeadLetter']> = {
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  consumer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  error?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  event?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
  failedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  orderingKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['DeadLetterStatus'], ParentType, ContextType>;
  waitsFor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type DeadLetterConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeadLetterConnection'] = ResolversParentTypes['DeadLetterConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['DeadLetterEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type DeadLetterEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeadLetterEdge'] = ResolversParentTypes['DeadLetterEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['DeadLetter'], ParentType, ContextType>;
};

export type EventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Event'] = ResolversParentTypes['Event']> = {
  __resolveType?: TypeResolveFn<'AccountClosed' | 'AccountOpened' | 'BadgeAwarded' | 'GenericEvent' | 'MoneyDeposited' | 'MoneyWithdrawn' | 'NotificationSent' | 'QualityChanged' | 'RecommendationsUpdated' | 'TransferCompleted' | 'TransferFailed' | 'TransferReceived' | 'TransferRefunded' | 'TransferReturned' | 'TransferSent' | 'TransferStarted' | 'WatchStarted' | 'WatchStopped', ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type EventConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventConnection'] = ResolversParentTypes['EventConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['EventEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type EventEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventEdge'] = ResolversParentTypes['EventEdge']> = {
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
};

export type EventFlowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventFlow'] = ResolversParentTypes['EventFlow']> = {
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  mermaid?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  steps?: Resolver<ReadonlyArray<ResolversTypes['EventFlowStep']>, ParentType, ContextType>;
};

export type EventFlowStepResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventFlowStep'] = ResolversParentTypes['EventFlowStep']> = {
  event?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
  reactions?: Resolver<ReadonlyArray<ResolversTypes['Reaction']>, ParentType, ContextType>;
};

export type GenericEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GenericEvent'] = ResolversParentTypes['GenericEvent']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type GenreScoreResolvers<ContextType = Context, ParentType extends ResolversParentTypes['GenreScore'] = ResolversParentTypes['GenreScore']> = {
  genre?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  score?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface MoneyScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Money'], any> {
  name: 'Money';
}

export type MoneyDepositedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MoneyDeposited'] = ResolversParentTypes['MoneyDeposited']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MoneyWithdrawnResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MoneyWithdrawn'] = ResolversParentTypes['MoneyWithdrawn']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  changeQuality?: Resolver<ResolversTypes['WatchSession'], ParentType, ContextType, RequireFields<MutationChangeQualityArgs, 'quality' | 'sessionId'>>;
  closeAccount?: Resolver<ResolversTypes['Account'], ParentType, ContextType, RequireFields<MutationCloseAccountArgs, 'accountId'>>;
  deposit?: Resolver<ResolversTypes['Account'], ParentType, ContextType, RequireFields<MutationDepositArgs, 'accountId' | 'amount'>>;
  discard?: Resolver<ResolversTypes['Int'], ParentType, ContextType, Partial<MutationDiscardArgs>>;
  drainConsumer?: Resolver<ResolversTypes['ConsumerStatus'], ParentType, ContextType, RequireFields<MutationDrainConsumerArgs, 'consumer'>>;
  heartbeat?: Resolver<ResolversTypes['WatchSession'], ParentType, ContextType, RequireFields<MutationHeartbeatArgs, 'sessionId'>>;
  openAccount?: Resolver<ResolversTypes['Account'], ParentType, ContextType, RequireFields<MutationOpenAccountArgs, 'currency' | 'initialDeposit' | 'overdraftLimit' | 'owner'>>;
  pauseConsumer?: Resolver<ResolversTypes['ConsumerStatus'], ParentType, ContextType, RequireFields<MutationPauseConsumerArgs, 'consumer'>>;
  redrive?: Resolver<ResolversTypes['Int'], ParentType, ContextType, Partial<MutationRedriveArgs>>;
  resumeConsumer?: Resolver<ResolversTypes['ConsumerStatus'], ParentType, ContextType, RequireFields<MutationResumeConsumerArgs, 'consumer'>>;
  startWatching?: Resolver<ResolversTypes['WatchSession'], ParentType, ContextType, RequireFields<MutationStartWatchingArgs, 'quality' | 'userId' | 'videoId'>>;
  stopWatching?: Resolver<ResolversTypes['WatchSession'], ParentType, ContextType, RequireFields<MutationStopWatchingArgs, 'sessionId'>>;
  transfer?: Resolver<ResolversTypes['Transfer'], ParentType, ContextType, RequireFields<MutationTransferArgs, 'amount' | 'fromAccountId' | 'toAccountId'>>;
  withdraw?: Resolver<ResolversTypes['Account'], ParentType, ContextType, RequireFields<MutationWithdrawArgs, 'accountId' | 'amount'>>;
};

export type NotificationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Notification'] = ResolversParentTypes['Notification']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sentAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type NotificationSentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['NotificationSent'] = ResolversParentTypes['NotificationSent']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PipelineResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Pipeline'] = ResolversParentTypes['Pipeline']> = {
  consumers?: Resolver<ReadonlyArray<ResolversTypes['ConsumerStatus']>, ParentType, ContextType>;
  oldestUnpublishedSeconds?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  outboxLag?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  relayLeader?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  streams?: Resolver<ReadonlyArray<ResolversTypes['StreamStatus']>, ParentType, ContextType>;
};

export type PreferencesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Preferences'] = ResolversParentTypes['Preferences']> = {
  favouriteGenres?: Resolver<ReadonlyArray<ResolversTypes['GenreScore']>, ParentType, ContextType>;
  preferredQuality?: Resolver<Maybe<ResolversTypes['Quality']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type QualityChangedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['QualityChanged'] = ResolversParentTypes['QualityChanged']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  from?: Resolver<ResolversTypes['Quality'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['Quality'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  videoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type QualityCountResolvers<ContextType = Context, ParentType extends ResolversParentTypes['QualityCount'] = ResolversParentTypes['QualityCount']> = {
  quality?: Resolver<ResolversTypes['Quality'], ParentType, ContextType>;
  viewers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  account?: Resolver<Maybe<ResolversTypes['Account']>, ParentType, ContextType, RequireFields<QueryAccountArgs, 'id'>>;
  accountHistory?: Resolver<ResolversTypes['EventConnection'], ParentType, ContextType, RequireFields<QueryAccountHistoryArgs, 'id'>>;
  accountStatement?: Resolver<ResolversTypes['AccountStatement'], ParentType, ContextType, RequireFields<QueryAccountStatementArgs, 'first' | 'id' | 'month'>>;
  accounts?: Resolver<ResolversTypes['AccountConnection'], ParentType, ContextType, RequireFields<QueryAccountsArgs, 'first' | 'orderBy'>>;
  badges?: Resolver<ReadonlyArray<ResolversTypes['Badge']>, ParentType, ContextType, RequireFields<QueryBadgesArgs, 'userId'>>;
  deadLetters?: Resolver<ResolversTypes['DeadLetterConnection'], ParentType, ContextType, RequireFields<QueryDeadLettersArgs, 'first'>>;
  eventFlow?: Resolver<Maybe<ResolversTypes['EventFlow']>, ParentType, ContextType, RequireFields<QueryEventFlowArgs, 'correlationId'>>;
  events?: Resolver<ResolversTypes['EventConnection'], ParentType, ContextType, Partial<QueryEventsArgs>>;
  head?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  leaderboard?: Resolver<ReadonlyArray<ResolversTypes['RankedVideo']>, ParentType, ContextType, RequireFields<QueryLeaderboardArgs, 'first'>>;
  notifications?: Resolver<ReadonlyArray<ResolversTypes['Notification']>, ParentType, ContextType, RequireFields<QueryNotificationsArgs, 'first' | 'userId'>>;
  pipeline?: Resolver<ResolversTypes['Pipeline'], ParentType, ContextType>;
  preferences?: Resolver<ResolversTypes['Preferences'], ParentType, ContextType, RequireFields<QueryPreferencesArgs, 'userId'>>;
  recommendations?: Resolver<ReadonlyArray<ResolversTypes['Video']>, ParentType, ContextType, RequireFields<QueryRecommendationsArgs, 'first' | 'userId'>>;
  session?: Resolver<Maybe<ResolversTypes['WatchSession']>, ParentType, ContextType, RequireFields<QuerySessionArgs, 'id'>>;
  transfer?: Resolver<Maybe<ResolversTypes['Transfer']>, ParentType, ContextType, RequireFields<QueryTransferArgs, 'id'>>;
  video?: Resolver<Maybe<ResolversTypes['Video']>, ParentType, ContextType, RequireFields<QueryVideoArgs, 'id'>>;
  videos?: Resolver<ResolversTypes['VideoConnection'], ParentType, ContextType, RequireFields<QueryVideosArgs, 'first'>>;
  viewership?: Resolver<ResolversTypes['Viewership'], ParentType, ContextType, Partial<QueryViewershipArgs>>;
};

export type RankedVideoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RankedVideo'] = ResolversParentTypes['RankedVideo']> = {
  rank?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  starts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  video?: Resolver<ResolversTypes['Video'], ParentType, ContextType>;
};

export type ReactionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Reaction'] = ResolversParentTypes['Reaction']> = {
  attempts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  consumer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  finishedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  startedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['ReactionStatus'], ParentType, ContextType>;
};

export type RecommendationsUpdatedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RecommendationsUpdated'] = ResolversParentTypes['RecommendationsUpdated']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  videos?: Resolver<ReadonlyArray<ResolversTypes['Video']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type StreamStatusResolvers<ContextType = Context, ParentType extends ResolversParentTypes['StreamStatus'] = ResolversParentTypes['StreamStatus']> = {
  lastCursor?: Resolver<Maybe<ResolversTypes['Cursor']>, ParentType, ContextType>;
  length?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  topic?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  account?: SubscriptionResolver<ResolversTypes['Account'], "account", ParentType, ContextType, RequireFields<SubscriptionAccountArgs, 'id'>>;
  accountActivity?: SubscriptionResolver<ResolversTypes['Event'], "accountActivity", ParentType, ContextType, RequireFields<SubscriptionAccountActivityArgs, 'accountId'>>;
  events?: SubscriptionResolver<ResolversTypes['Event'], "events", ParentType, ContextType, Partial<SubscriptionEventsArgs>>;
  leaderboard?: SubscriptionResolver<ReadonlyArray<ResolversTypes['RankedVideo']>, "leaderboard", ParentType, ContextType, RequireFields<SubscriptionLeaderboardArgs, 'first'>>;
  notifications?: SubscriptionResolver<ResolversTypes['NotificationSent'], "notifications", ParentType, ContextType, RequireFields<SubscriptionNotificationsArgs, 'userId'>>;
  pipeline?: SubscriptionResolver<ResolversTypes['Pipeline'], "pipeline", ParentType, ContextType>;
  recommendations?: SubscriptionResolver<ResolversTypes['RecommendationsUpdated'], "recommendations", ParentType, ContextType, RequireFields<SubscriptionRecommendationsArgs, 'userId'>>;
  transfer?: SubscriptionResolver<ResolversTypes['Transfer'], "transfer", ParentType, ContextType, RequireFields<SubscriptionTransferArgs, 'id'>>;
  viewership?: SubscriptionResolver<ResolversTypes['Viewership'], "viewership", ParentType, ContextType, Partial<SubscriptionViewershipArgs>>;
  watchActivity?: SubscriptionResolver<ResolversTypes['Event'], "watchActivity", ParentType, ContextType, Partial<SubscriptionWatchActivityArgs>>;
};

export type TransferResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Transfer'] = ResolversParentTypes['Transfer']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  fromAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['TransferStatus'], ParentType, ContextType>;
  toAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type TransferCompletedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferCompleted'] = ResolversParentTypes['TransferCompleted']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransferFailedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferFailed'] = ResolversParentTypes['TransferFailed']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransferReceivedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferReceived'] = ResolversParentTypes['TransferReceived']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  fromAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransferRefundedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferRefunded'] = ResolversParentTypes['TransferRefunded']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransferReturnedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferReturned'] = ResolversParentTypes['TransferReturned']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransferSentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferSent'] = ResolversParentTypes['TransferSent']> = {
  accountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type TransferStartedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferStarted'] = ResolversParentTypes['TransferStarted']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  fromAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  toAccountId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  transferId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type VideoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Video'] = ResolversParentTypes['Video']> = {
  genres?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  year?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type VideoConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VideoConnection'] = ResolversParentTypes['VideoConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['VideoEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type VideoEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['VideoEdge'] = ResolversParentTypes['VideoEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Video'], ParentType, ContextType>;
};

export type ViewershipResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewership'] = ResolversParentTypes['Viewership']> = {
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  byQuality?: Resolver<ReadonlyArray<ResolversTypes['QualityCount']>, ParentType, ContextType>;
  concurrentViewers?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  videoId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type WatchSessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchSession'] = ResolversParentTypes['WatchSession']> = {
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  lastSeenAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['Quality'], ParentType, ContextType>;
  startedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  video?: Resolver<ResolversTypes['Video'], ParentType, ContextType>;
};

export type WatchStartedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchStarted'] = ResolversParentTypes['WatchStarted']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  quality?: Resolver<ResolversTypes['Quality'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  videoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type WatchStoppedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WatchStopped'] = ResolversParentTypes['WatchStopped']> = {
  actor?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  aggregateId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  aggregateType?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  aggregateVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  causationId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  correlationId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['Cursor'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  occurredAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  payload?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  schemaVersion?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  sessionId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  videoId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  watchedSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  Account?: AccountResolvers<ContextType>;
  AccountClosed?: AccountClosedResolvers<ContextType>;
  AccountConnection?: AccountConnectionResolvers<ContextType>;
  AccountEdge?: AccountEdgeResolvers<ContextType>;
  AccountMovement?: AccountMovementResolvers<ContextType>;
  AccountMovementConnection?: AccountMovementConnectionResolvers<ContextType>;
  AccountMovementEdge?: AccountMovementEdgeResolvers<ContextType>;
  AccountOpened?: AccountOpenedResolvers<ContextType>;
  AccountStatement?: AccountStatementResolvers<ContextType>;
  Badge?: BadgeResolvers<ContextType>;
  BadgeAwarded?: BadgeAwardedResolvers<ContextType>;
  ConsumerStatus?: ConsumerStatusResolvers<ContextType>;
  Cursor?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  DeadLetter?: DeadLetterResolvers<ContextType>;
  DeadLetterConnection?: DeadLetterConnectionResolvers<ContextType>;
  DeadLetterEdge?: DeadLetterEdgeResolvers<ContextType>;
  Event?: EventResolvers<ContextType>;
  EventConnection?: EventConnectionResolvers<ContextType>;
  EventEdge?: EventEdgeResolvers<ContextType>;
  EventFlow?: EventFlowResolvers<ContextType>;
  EventFlowStep?: EventFlowStepResolvers<ContextType>;
  GenericEvent?: GenericEventResolvers<ContextType>;
  GenreScore?: GenreScoreResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  Money?: GraphQLScalarType;
  MoneyDeposited?: MoneyDepositedResolvers<ContextType>;
  MoneyWithdrawn?: MoneyWithdrawnResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Notification?: NotificationResolvers<ContextType>;
  NotificationSent?: NotificationSentResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  Pipeline?: PipelineResolvers<ContextType>;
  Preferences?: PreferencesResolvers<ContextType>;
  QualityChanged?: QualityChangedResolvers<ContextType>;
  QualityCount?: QualityCountResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  RankedVideo?: RankedVideoResolvers<ContextType>;
  Reaction?: ReactionResolvers<ContextType>;
  RecommendationsUpdated?: RecommendationsUpdatedResolvers<ContextType>;
  StreamStatus?: StreamStatusResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Transfer?: TransferResolvers<ContextType>;
  TransferCompleted?: TransferCompletedResolvers<ContextType>;
  TransferFailed?: TransferFailedResolvers<ContextType>;
  TransferReceived?: TransferReceivedResolvers<ContextType>;
  TransferRefunded?: TransferRefundedResolvers<ContextType>;
  TransferReturned?: TransferReturnedResolvers<ContextType>;
  TransferSent?: TransferSentResolvers<ContextType>;
  TransferStarted?: TransferStartedResolvers<ContextType>;
  Video?: VideoResolvers<ContextType>;
  VideoConnection?: VideoConnectionResolvers<ContextType>;
  VideoEdge?: VideoEdgeResolvers<ContextType>;
  Viewership?: ViewershipResolvers<ContextType>;
  WatchSession?: WatchSessionResolvers<ContextType>;
  WatchStarted?: WatchStartedResolvers<ContextType>;
  WatchStopped?: WatchStoppedResolvers<ContextType>;
};

