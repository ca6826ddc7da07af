/** Aorta's client: graphql-ws's, whose subscriptions resume by themselves. See docs/clients.md. */
export { createAortaClient } from './create-client.ts';
export { AnswerLostError, AortaError } from './errors.ts';
export type {
  AortaClient,
  AortaClientOptions,
  AortaSink,
  IterateOptions,
  RunOptions,
  StateOptions,
  StateStep,
  Step,
} from './options.ts';
export type { Progress, Retry, Status } from './progress.ts';
