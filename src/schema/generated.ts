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
  /** An instant in UTC, as in RFC 3339: 2026-11-28T19:00:00.000Z */
  DateTime: { input: Date; output: Date; }
  /** Any JSON value: an object, a list, a text, a number, true, false or null */
  JSON: { input: unknown; output: unknown; }
  /** Whole minor units of the account's currency (cents for EUR, yen for JPY, fils for KWD), as a decimal string, so that no client loses precision. */
  Money: { input: string; output: string; }
};

/** An account of the bank. It is kept as its events; `version` says how many. */
export type Account = {
  readonly __typename?: 'Account';
  /** What is on it; with a minus what is owed, down to the overdraft limit */
  readonly balance: Scalars['Money']['output'];
  /** ISO 4217, such as EUR */
  readonly currency: Scalars['String']['output'];
  /** UUID version 7 */
  readonly id: Scalars['ID']['output'];
  /** Digits after the point in the currency (ISO 4217) */
  readonly minorUnitDigits: Scalars['Int']['output'];
  /** When it was opened */
  readonly openedAt: Scalars['DateTime']['output'];
  /** How far below zero the balance may go */
  readonly overdraftLimit: Scalars['Money']['output'];
  /** Whose it is */
  readonly owner: Scalars['String']['output'];
  /** Open, or closed for good */
  readonly status: AccountStatus;
  /** When the last of those events happened */
  readonly updatedAt: Scalars['DateTime']['output'];
  /** How many events it has had: give it as `expectedVersion` to change what you have seen and nothing newer */
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

/** A page of accounts */
export type AccountConnection = {
  readonly __typename?: 'AccountConnection';
  /** The items of the page, in order */
  readonly edges: ReadonlyArray<AccountEdge>;
  /** Whether there is more, and how to ask for it */
  readonly pageInfo: PageInfo;
};

/** An account and its place in the list */
export type AccountEdge = {
  readonly __typename?: 'AccountEdge';
  /** The place of the item in the list */
  readonly cursor: Scalars['String']['output'];
  /** The item itself */
  readonly node: Account;
};

/** What one event of an account did to its balance. */
export type AccountMovement = {
  readonly __typename?: 'AccountMovement';
  /** What came in, or with a minus what went out */
  readonly amount: Scalars['Money']['output'];
  /** When it happened */
  readonly at: Scalars['DateTime']['output'];
  /** After it */
  readonly balance: Scalars['Money']['output'];
  /** The other account of the transfer */
  readonly counterpartyId?: Maybe<Scalars['ID']['output']>;
  /** What was said with a deposit or withdrawal; null otherwise */
  readonly description?: Maybe<Scalars['String']['output']>;
  /** What happened */
  readonly kind: MovementKind;
  /** The transfer that it belongs to, if it belongs to one */
  readonly transferId?: Maybe<Scalars['ID']['output']>;
  /** The account's version after it */
  readonly version: Scalars['Int']['output'];
};

/** A page of movements */
export type AccountMovementConnection = {
  readonly __typename?: 'AccountMovementConnection';
  /** The items of the page, in order */
  readonly edges: ReadonlyArray<AccountMovementEdge>;
  /** Whether there is more, and how to ask for it */
  readonly pageInfo: PageInfo;
};

/** A movement and its place in the list */
export type AccountMovementEdge = {
  readonly __typename?: 'AccountMovementEdge';
  /** The place of the item in the list */
  readonly cursor: Scalars['String']['output'];
  /** The item itself */
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

/** How a list of accounts is ordered */
export type AccountOrder =
  /** The lowest balance first */
  | 'BALANCE_ASC'
  /** The highest balance first */
  | 'BALANCE_DESC'
  /** The newest account first */
  | 'OPENED_DESC'
  /** By owner, from a to z */
  | 'OWNER';

/** What moved on an account in a month: opening + totalIn - totalOut = closing. */
export type AccountStatement = {
  readonly __typename?: 'AccountStatement';
  /** The account, as the read model has it */
  readonly account: Account;
  /** The balance as it ends; of the current month, the balance now */
  readonly closing: Scalars['Money']['output'];
  /** Such as 2026-11, in UTC */
  readonly month: Scalars['String']['output'];
  /** In the order in which they happened */
  readonly movements: AccountMovementConnection;
  /** The balance as the month begins */
  readonly opening: Scalars['Money']['output'];
  /** The sum of what came in */
  readonly totalIn: Scalars['Money']['output'];
  /** The sum of what went out, without a minus */
  readonly totalOut: Scalars['Money']['output'];
};

/** Whether money can move on an account */
export type AccountStatus =
  /** Nothing moves any more, but what a transfer brings back */
  | 'CLOSED'
  /** Money can come and go */
  | 'OPEN';

/** A reward for watching */
export type Badge = {
  readonly __typename?: 'Badge';
  /** When it was earned */
  readonly awardedAt: Scalars['DateTime']['output'];
  /** Such as first-watch */
  readonly name: Scalars['String']['output'];
};

/** Somebody earned a badge */
export type BadgeAwarded = Event & {
  readonly __typename?: 'BadgeAwarded';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  /** Its name, such as first-watch */
  readonly badge: Scalars['String']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
  /** The user that it is about */
  readonly userId: Scalars['ID']['output'];
};

/** How a consumer gets its events */
export type ConsumerKind =
  /** In batches, in the order of the log, from a checkpoint */
  | 'PROCESSOR'
  /** Each event by itself, as a job that is tried again when it fails */
  | 'QUEUE';

/** lag: events not yet handled; dead: dead letters */
export type ConsumerStatus = {
  readonly __typename?: 'ConsumerStatus';
  /** How many a worker has in hand */
  readonly active: Scalars['Int']['output'];
  /** Its name */
  readonly consumer: Scalars['String']['output'];
  /** How many it gave up: its dead letters */
  readonly dead: Scalars['Int']['output'];
  /** How many wait before the next attempt */
  readonly delayed: Scalars['Int']['output'];
  /** It takes nothing new until it is resumed; its lag is what it still has to handle, and 0 says that it is done */
  readonly draining: Scalars['Boolean']['output'];
  /** How it gets its events */
  readonly kind: ConsumerKind;
  /** How many events it has not handled yet */
  readonly lag: Scalars['Int']['output'];
  /** How many queues its events are spread over to keep their order; 0 when it keeps none */
  readonly lanes: Scalars['Int']['output'];
  /** How long the oldest unhandled event has waited, in seconds; 0 when there is none */
  readonly oldestUnhandledSeconds: Scalars['Float']['output'];
  /** What the order of its events is kept by: aggregate, or a kind of key; null for a queue without order */
  readonly orderedBy?: Maybe<Scalars['String']['output']>;
  /** It takes nothing until it is resumed */
  readonly paused: Scalars['Boolean']['output'];
  /** Of the dead letters, those that did not fail: they wait for one before them that has the same ordering key */
  readonly waiting: Scalars['Int']['output'];
};

/** An event that a consumer gave up, kept until somebody redrives or discards it */
export type DeadLetter = {
  readonly __typename?: 'DeadLetter';
  /** How often it was tried */
  readonly attempts: Scalars['Int']['output'];
  /** Who gave it up */
  readonly consumer: Scalars['String']['output'];
  /** What the last attempt failed with */
  readonly error: Scalars['String']['output'];
  /** What it could not handle */
  readonly event: Event;
  /** When it was given up */
  readonly failedAt: Scalars['DateTime']['output'];
  /** To be given to `redrive` and `discard` */
  readonly id: Scalars['ID']['output'];
  /** What the consumer keeps the order of the event by, if it keeps one */
  readonly orderingKey?: Maybe<Scalars['String']['output']>;
  /** Whether it failed, waits, or is on its way again */
  readonly status: DeadLetterStatus;
  /** The dead letter that is in the way of one that waits: the first one of its key that failed */
  readonly waitsFor?: Maybe<Scalars['ID']['output']>;
};

/** A page of dead letters */
export type DeadLetterConnection = {
  readonly __typename?: 'DeadLetterConnection';
  /** The items of the page, in order */
  readonly edges: ReadonlyArray<DeadLetterEdge>;
  /** Whether there is more, and how to ask for it */
  readonly pageInfo: PageInfo;
};

/** A dead letter and its place in the list */
export type DeadLetterEdge = {
  readonly __typename?: 'DeadLetterEdge';
  /** The place of the item in the list */
  readonly cursor: Scalars['String']['output'];
  /** The item itself */
  readonly node: DeadLetter;
};

/** What a dead letter is waiting for */
export type DeadLetterStatus =
  /** It was tried and given up: somebody has to redrive or discard it */
  | 'FAILED'
  /** On its way to its consumer again */
  | 'REDRIVEN'
  /** It did not fail: it waits for one before it that has the same ordering key, and follows when that is handled or discarded */
  | 'WAITING';

/** Something that happened, once, and is kept in the log. */
export type Event = {
  /** Who did it; null when nobody was signed in */
  readonly actor?: Maybe<Scalars['ID']['output']>;
  /** Which one of that kind it happened to */
  readonly aggregateId: Scalars['ID']['output'];
  /** What kind of thing it happened to, such as session or account */
  readonly aggregateType: Scalars['String']['output'];
  /** How many events that one had had with this one: 1 is its first */
  readonly aggregateVersion: Scalars['Int']['output'];
  /** The event that caused this one; null when a request did */
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  /** The same for everything that one request set off */
  readonly correlationId: Scalars['ID']['output'];
  /** The place of the event in the log: `after` it comes everything that happened later */
  readonly cursor: Scalars['Cursor']['output'];
  /** UUID version 7 */
  readonly id: Scalars['ID']['output'];
  /** When it happened, by the clock of the process that recorded it. The order of events is that of their cursors, not of their clocks. */
  readonly occurredAt: Scalars['DateTime']['output'];
  /** The payload in the newest schema version */
  readonly payload: Scalars['JSON']['output'];
  /** The version of the payload’s schema; payloads of older versions are lifted to the newest as they are read */
  readonly schemaVersion: Scalars['Int']['output'];
  /** <domain>.<past_tense_fact>, such as video.watch_started */
  readonly type: Scalars['String']['output'];
};

/** A page of events */
export type EventConnection = {
  readonly __typename?: 'EventConnection';
  /** The items of the page, in order */
  readonly edges: ReadonlyArray<EventEdge>;
  /** Whether there is more, and how to ask for it */
  readonly pageInfo: PageInfo;
};

/** An event and its place in the list */
export type EventEdge = {
  readonly __typename?: 'EventEdge';
  /** The place of the item in the list */
  readonly cursor: Scalars['Cursor']['output'];
  /** The item itself */
  readonly node: Event;
};

/** What one request set off: every event, and what each consumer did with it. */
export type EventFlow = {
  readonly __typename?: 'EventFlow';
  /** The request that was asked about */
  readonly correlationId: Scalars['ID']['output'];
  /** The same as a flow chart, in the language of Mermaid: paste it into a Markdown file, or a Mermaid viewer */
  readonly mermaid: Scalars['String']['output'];
  /** Every event, in the order in which they were recorded; empty when there is none of this id */
  readonly steps: ReadonlyArray<EventFlowStep>;
};

/** One event, and who reacted to it */
export type EventFlowStep = {
  readonly __typename?: 'EventFlowStep';
  /** What happened */
  readonly event: Event;
  /** What each consumer of such events did with it */
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

/** How much somebody likes a genre */
export type GenreScore = {
  readonly __typename?: 'GenreScore';
  /** The genre, as films name it */
  readonly genre: Scalars['String']['output'];
  /** Higher is better. Each viewing adds to it, and it halves in 30 days. */
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

/** Why a balance changed */
export type MovementKind =
  /** Money was put on it */
  | 'DEPOSITED'
  /** The account was opened, with its initial deposit */
  | 'OPENED'
  /** Money came from another account */
  | 'TRANSFER_RECEIVED'
  /** Money that could not arrive came back */
  | 'TRANSFER_RETURNED'
  /** Money went to another account */
  | 'TRANSFER_SENT'
  /** Money was taken from it */
  | 'WITHDRAWN';

/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type Mutation = {
  readonly __typename?: 'Mutation';
  /** Goes over to another quality. SESSION_ENDED when the session has been stopped, NOT_FOUND when there is none. */
  readonly changeQuality: WatchSession;
  /** Not while it is overdrawn. What is on it stays there, and nothing moves any more but what comes back: pay it out first. */
  readonly closeAccount: Account;
  /** expectedVersion: refuse with VERSION_CONFLICT unless the account is at this version. */
  readonly deposit: Account;
  /** Lets dead letters go for good; gives how many. Name ids or a consumer. */
  readonly discard: Scalars['Int']['output'];
  /** Handles everything that is committed by now, and takes nothing after, until it is resumed; lag 0 says that it is done */
  readonly drainConsumer: ConsumerStatus;
  /** Says that somebody is still watching: without it for 30 s, a session counts no more as a viewer. SESSION_ENDED when it has been stopped, NOT_FOUND when there is none. */
  readonly heartbeat: WatchSession;
  /** Opens an account, at version 1 */
  readonly openAccount: Account;
  /** Lets the consumer take nothing new; what a worker has in hand is finished. Events wait and none is lost. */
  readonly pauseConsumer: ConsumerStatus;
  /** Sends dead letters to their consumer again; gives how many. Name ids or a consumer. */
  readonly redrive: Scalars['Int']['output'];
  /** Ends both pause and drain */
  readonly resumeConsumer: ConsumerStatus;
  /** idempotencyKey: the same key twice has one effect and one answer */
  readonly startWatching: WatchSession;
  /** Ends a session. SESSION_ENDED when it has ended already, NOT_FOUND when there is none. */
  readonly stopWatching: WatchSession;
  /** Takes the money from the one account, and answers while it is in flight to the other; subscribe to the transfer to see it arrive, or come back. */
  readonly transfer: Transfer;
  /** Takes money from an account. INSUFFICIENT_FUNDS when it would go below its overdraft limit, ACCOUNT_CLOSED when it is closed. */
  readonly withdraw: Account;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationChangeQualityArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  quality: Quality;
  sessionId: Scalars['ID']['input'];
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationCloseAccountArgs = {
  accountId: Scalars['ID']['input'];
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationDepositArgs = {
  accountId: Scalars['ID']['input'];
  amount: Scalars['Money']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationDiscardArgs = {
  consumer?: InputMaybe<Scalars['String']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  ids?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationDrainConsumerArgs = {
  consumer: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationHeartbeatArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  sessionId: Scalars['ID']['input'];
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationOpenAccountArgs = {
  currency?: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  initialDeposit?: Scalars['Money']['input'];
  overdraftLimit?: Scalars['Money']['input'];
  owner: Scalars['String']['input'];
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationPauseConsumerArgs = {
  consumer: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationRedriveArgs = {
  consumer?: InputMaybe<Scalars['String']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  ids?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationResumeConsumerArgs = {
  consumer: Scalars['String']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationStartWatchingArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  quality?: Quality;
  userId: Scalars['ID']['input'];
  videoId: Scalars['ID']['input'];
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationStopWatchingArgs = {
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  sessionId: Scalars['ID']['input'];
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationTransferArgs = {
  amount: Scalars['Money']['input'];
  fromAccountId: Scalars['ID']['input'];
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  toAccountId: Scalars['ID']['input'];
};


/** What can be done. Each one writes its state and its events in one transaction, or neither; several in one request run one after the other. */
export type MutationWithdrawArgs = {
  accountId: Scalars['ID']['input'];
  amount: Scalars['Money']['input'];
  description?: InputMaybe<Scalars['String']['input']>;
  expectedVersion?: InputMaybe<Scalars['Int']['input']>;
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A message to a user */
export type Notification = {
  readonly __typename?: 'Notification';
  /** UUID */
  readonly id: Scalars['ID']['output'];
  /** For people to read */
  readonly message: Scalars['String']['output'];
  /** When it was sent */
  readonly sentAt: Scalars['DateTime']['output'];
};

/** A message was sent to a user */
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
  /** For people to read */
  readonly message: Scalars['String']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  readonly type: Scalars['String']['output'];
  /** The user that it is about */
  readonly userId: Scalars['ID']['output'];
};

/** Page cursors are plain strings; where the list is the log itself they are log cursors and serve as `after` of a subscription too. */
export type PageInfo = {
  readonly __typename?: 'PageInfo';
  /** The cursor of the last item, to be given as `after`; null when the page is empty */
  readonly endCursor?: Maybe<Scalars['String']['output']>;
  /** Whether there is something after the last item of the page */
  readonly hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is something before the first item of the page */
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item, to be given as `before` where a list can be read backwards; null when the page is empty */
  readonly startCursor?: Maybe<Scalars['String']['output']>;
};

/** How events get along from the outbox to those who follow them, now */
export type Pipeline = {
  readonly __typename?: 'Pipeline';
  /** Everybody who reacts to events */
  readonly consumers: ReadonlyArray<ConsumerStatus>;
  /** How long the oldest of them has waited, in seconds; 0 when there is none */
  readonly oldestUnpublishedSeconds: Scalars['Float']['output'];
  /** How many committed events the relay has not published yet */
  readonly outboxLag: Scalars['Int']['output'];
  /** Which relay publishes; null while none leads, and then nothing is published */
  readonly relayLeader?: Maybe<Scalars['String']['output']>;
  /** The topics of the log */
  readonly streams: ReadonlyArray<StreamStatus>;
};

/** What somebody likes, learned from what they watch */
export type Preferences = {
  readonly __typename?: 'Preferences';
  /** The genres they watch, the favourite first; empty until they have watched something */
  readonly favouriteGenres: ReadonlyArray<GenreScore>;
  /** The quality they choose most; null until they have watched something */
  readonly preferredQuality?: Maybe<Quality>;
  /** Whose */
  readonly userId: Scalars['ID']['output'];
};

/** How sharp the picture of a film is, from SD up to UHD */
export type Quality =
  /** Full high definition: 1080 lines */
  | 'FULL_HD'
  /** High definition: 720 lines */
  | 'HD'
  /** Standard definition */
  | 'SD'
  /** Ultra high definition: 2160 lines */
  | 'UHD';

/** A session went over to another quality (video.quality_changed) */
export type QualityChanged = Event & {
  readonly __typename?: 'QualityChanged';
  readonly actor?: Maybe<Scalars['ID']['output']>;
  readonly aggregateId: Scalars['ID']['output'];
  readonly aggregateType: Scalars['String']['output'];
  readonly aggregateVersion: Scalars['Int']['output'];
  readonly causationId?: Maybe<Scalars['ID']['output']>;
  readonly correlationId: Scalars['ID']['output'];
  readonly cursor: Scalars['Cursor']['output'];
  /** The quality before */
  readonly from: Quality;
  readonly id: Scalars['ID']['output'];
  readonly occurredAt: Scalars['DateTime']['output'];
  readonly payload: Scalars['JSON']['output'];
  readonly schemaVersion: Scalars['Int']['output'];
  /** The session that it is about */
  readonly sessionId: Scalars['ID']['output'];
  /** The quality from then on */
  readonly to: Quality;
  readonly type: Scalars['String']['output'];
  /** The user that it is about */
  readonly userId: Scalars['ID']['output'];
  /** The film that it is about */
  readonly videoId: Scalars['ID']['output'];
};

/** How many watch in one quality */
export type QualityCount = {
  readonly __typename?: 'QualityCount';
  /** The quality */
  readonly quality: Quality;
  /** How many sessions */
  readonly viewers: Scalars['Int']['output'];
};

/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
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
  /** The badges the user has earned, in the order in which they came */
  readonly badges: ReadonlyArray<Badge>;
  /** Events that were given up, the newest first */
  readonly deadLetters: DeadLetterConnection;
  /** What one request set off: every event, and what each consumer did with it */
  readonly eventFlow?: Maybe<EventFlow>;
  /** The log itself; filters are joined by and; `types` may end in .* (video.*). `last` without `before` gives the newest. */
  readonly events: EventConnection;
  /** The newest place in the log, taken before any other field of the request is read: subscribe from here and miss no change to the state read beside it */
  readonly head: Scalars['Cursor']['output'];
  /** The most watched films, the first first */
  readonly leaderboard: ReadonlyArray<RankedVideo>;
  /** The messages to the user, the newest first */
  readonly notifications: ReadonlyArray<Notification>;
  /** How events get along, now */
  readonly pipeline: Pipeline;
  /** What the user likes. It follows what they watch by a moment. */
  readonly preferences: Preferences;
  /** What the user could watch next, the best first; nothing they have watched already. It follows what is watched by a moment. */
  readonly recommendations: ReadonlyArray<Video>;
  /** One session; null when there is none of this id */
  readonly session?: Maybe<WatchSession>;
  /** One transfer; null when there is none of this id */
  readonly transfer?: Maybe<Transfer>;
  /** One film of the catalogue; null when there is none of this id */
  readonly video?: Maybe<Video>;
  /** The catalogue, in the order of its titles */
  readonly videos: VideoConnection;
  /** How many are watching now */
  readonly viewership: Viewership;
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryAccountArgs = {
  at?: InputMaybe<Scalars['DateTime']['input']>;
  id: Scalars['ID']['input'];
  version?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryAccountHistoryArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  id: Scalars['ID']['input'];
  last?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryAccountStatementArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  id: Scalars['ID']['input'];
  month: Scalars['String']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
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


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryBadgesArgs = {
  userId: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryDeadLettersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  consumer?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryEventFlowArgs = {
  correlationId: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryEventsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  aggregateId?: InputMaybe<Scalars['ID']['input']>;
  before?: InputMaybe<Scalars['Cursor']['input']>;
  correlationId?: InputMaybe<Scalars['ID']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryLeaderboardArgs = {
  first?: Scalars['Int']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryNotificationsArgs = {
  first?: Scalars['Int']['input'];
  userId: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryPreferencesArgs = {
  userId: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryRecommendationsArgs = {
  first?: Scalars['Int']['input'];
  userId: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QuerySessionArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryTransferArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryVideoArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryVideosArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
  search?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. Everything asked for in one request is read at about the same time; nothing is changed. */
export type QueryViewershipArgs = {
  videoId?: InputMaybe<Scalars['ID']['input']>;
};

/** A film and its place among the most watched */
export type RankedVideo = {
  readonly __typename?: 'RankedVideo';
  /** 1 is the most watched */
  readonly rank: Scalars['Int']['output'];
  /** How often somebody began to watch it */
  readonly starts: Scalars['Int']['output'];
  /** The film */
  readonly video: Video;
};

/** What one consumer did with one event */
export type Reaction = {
  readonly __typename?: 'Reaction';
  /** How often it was tried */
  readonly attempts: Scalars['Int']['output'];
  /** The name of the consumer */
  readonly consumer: Scalars['String']['output'];
  /** What the last attempt failed with; null when none failed */
  readonly error?: Maybe<Scalars['String']['output']>;
  /** When it was handled; null until then */
  readonly finishedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Since when a worker has had the event, while one has */
  readonly startedAt?: Maybe<Scalars['DateTime']['output']>;
  /** How far it is */
  readonly status: ReactionStatus;
};

/** How far a consumer is with an event */
export type ReactionStatus =
  /** Given up: it is a dead letter until somebody redrives or discards it */
  | 'DEAD'
  /** Handled; what it did is committed */
  | 'DONE'
  /** The last attempt failed, and there will be another */
  | 'FAILED'
  /** Not handled yet: it waits for its turn, or for a worker */
  | 'PENDING';

/** What somebody could watch next has changed */
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
  /** The user that it is about */
  readonly userId: Scalars['ID']['output'];
  /** The best first */
  readonly videos: ReadonlyArray<Video>;
};

/** One topic of the log, as Redis holds it */
export type StreamStatus = {
  readonly __typename?: 'StreamStatus';
  /** The place of its newest event; null when it holds none */
  readonly lastCursor?: Maybe<Scalars['Cursor']['output']>;
  /** How many events Redis holds; older ones are read from Postgres */
  readonly length: Scalars['Int']['output'];
  /** Such as video */
  readonly topic: Scalars['String']['output'];
};

/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type Subscription = {
  readonly __typename?: 'Subscription';
  /** The account as it is now, then after each change; several changes at once are told as one. */
  readonly account: Account;
  /** What happens to the account, in order */
  readonly accountActivity: Event;
  /** Every event of the log as it is committed, in order. Filters are joined by and. */
  readonly events: Event;
  /** The most watched films: now, then whenever that changes */
  readonly leaderboard: ReadonlyArray<RankedVideo>;
  /** Each message to the user, as it is sent */
  readonly notifications: NotificationSent;
  /** How events get along: now, and then about every second when something changed */
  readonly pipeline: Pipeline;
  /** Each change of what the user could watch next */
  readonly recommendations: RecommendationsUpdated;
  /** The transfer as it is now, then after each change */
  readonly transfer: Transfer;
  /** How many are watching: now, then whenever it changes */
  readonly viewership: Viewership;
  /** What is watched: sessions that start, change their quality and stop, in order */
  readonly watchActivity: Event;
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionAccountArgs = {
  id: Scalars['ID']['input'];
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionAccountActivityArgs = {
  accountId: Scalars['ID']['input'];
  after?: InputMaybe<Scalars['Cursor']['input']>;
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionEventsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  aggregateId?: InputMaybe<Scalars['ID']['input']>;
  correlationId?: InputMaybe<Scalars['ID']['input']>;
  types?: InputMaybe<ReadonlyArray<Scalars['String']['input']>>;
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionLeaderboardArgs = {
  first?: Scalars['Int']['input'];
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionNotificationsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  userId: Scalars['ID']['input'];
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionRecommendationsArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  userId: Scalars['ID']['input'];
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionTransferArgs = {
  id: Scalars['ID']['input'];
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionViewershipArgs = {
  videoId?: InputMaybe<Scalars['ID']['input']>;
};


/** What can be followed. Subscriptions to events are durable: every event comes once and in order, and `after` goes on from a cursor. Signals tell what is true now, and then each change; changes that come faster than they can be sent are told as one. */
export type SubscriptionWatchActivityArgs = {
  after?: InputMaybe<Scalars['Cursor']['input']>;
  userId?: InputMaybe<Scalars['ID']['input']>;
  videoId?: InputMaybe<Scalars['ID']['input']>;
};

/** Money on its way from one account to another: it arrives, or it comes back */
export type Transfer = {
  readonly __typename?: 'Transfer';
  /** How much */
  readonly amount: Scalars['Money']['output'];
  /** When it was asked for */
  readonly createdAt: Scalars['DateTime']['output'];
  /** ISO 4217, the same on both sides */
  readonly currency: Scalars['String']['output'];
  /** The account that pays */
  readonly fromAccountId: Scalars['ID']['output'];
  /** UUID version 7 */
  readonly id: Scalars['ID']['output'];
  /** Why it failed or was refunded */
  readonly reason?: Maybe<Scalars['String']['output']>;
  /** How far it is */
  readonly status: TransferStatus;
  /** The account that receives */
  readonly toAccountId: Scalars['ID']['output'];
  /** When it last came a step further */
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

/** How far a transfer is */
export type TransferStatus =
  /** The money is on the other account */
  | 'COMPLETED'
  /** The money never left; `reason` says why */
  | 'FAILED'
  /** The money has left the one account and is on its way */
  | 'PENDING'
  /** The money could not arrive and is back; `reason` says why */
  | 'REFUNDED';

/** A film of the catalogue */
export type Video = {
  readonly __typename?: 'Video';
  /** What it is: Drama, Comedy and so on; empty when nobody has said */
  readonly genres: ReadonlyArray<Scalars['String']['output']>;
  /** The name by which it is asked for, such as metropolis */
  readonly id: Scalars['ID']['output'];
  /** As it is shown */
  readonly title: Scalars['String']['output'];
  /** When it came out; null when nobody knows */
  readonly year?: Maybe<Scalars['Int']['output']>;
};

/** A page of the catalogue */
export type VideoConnection = {
  readonly __typename?: 'VideoConnection';
  /** The items of the page, in order */
  readonly edges: ReadonlyArray<VideoEdge>;
  /** Whether there is more, and how to ask for it */
  readonly pageInfo: PageInfo;
};

/** A film and its place in the list */
export type VideoEdge = {
  readonly __typename?: 'VideoEdge';
  /** The place of the item in the list */
  readonly cursor: Scalars['String']['output'];
  /** The item itself */
  readonly node: Video;
};

/** Who is watching now. A session counts until it stops, or until 30 s have passed with no heartbeat. */
export type Viewership = {
  readonly __typename?: 'Viewership';
  /** When it was counted */
  readonly at: Scalars['DateTime']['output'];
  /** The same, split by quality; without the qualities in which nobody watches */
  readonly byQuality: ReadonlyArray<QualityCount>;
  /** How many sessions are watching */
  readonly concurrentViewers: Scalars['Int']['output'];
  /** Of which film; null when it is of all films */
  readonly videoId?: Maybe<Scalars['ID']['output']>;
};

/** Somebody watching a film, from the start until it is stopped */
export type WatchSession = {
  readonly __typename?: 'WatchSession';
  /** When it was stopped; null while it goes on */
  readonly endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** UUID version 7 */
  readonly id: Scalars['ID']['output'];
  /** When the last sign of life came: the start, a heartbeat, a change of quality, or the end */
  readonly lastSeenAt: Scalars['DateTime']['output'];
  /** In which quality, now or at the end */
  readonly quality: Quality;
  /** When it began */
  readonly startedAt: Scalars['DateTime']['output'];
  /** Who watches */
  readonly userId: Scalars['ID']['output'];
  /** What is watched */
  readonly video: Video;
};

/** Somebody began to watch a film (video.watch_started) */
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
  /** The quality that was chosen */
  readonly quality: Quality;
  readonly schemaVersion: Scalars['Int']['output'];
  /** The session that it is about */
  readonly sessionId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
  /** The user that it is about */
  readonly userId: Scalars['ID']['output'];
  /** The film that it is about */
  readonly videoId: Scalars['ID']['output'];
};

/** A session came to its end (video.watch_stopped) */
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
  /** The session that it is about */
  readonly sessionId: Scalars['ID']['output'];
  readonly type: Scalars['String']['output'];
  /** The user that it is about */
  readonly userId: Scalars['ID']['output'];
  /** The film that it is about */
  readonly videoId: Scalars['ID']['output'];
  /** From start to stop, in whole seconds */
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

