/** Aorta's client: graphql-ws's, whose subscriptions resume by themselves. See docs/clients.md. */
export {
  type AortaClient,
  type AortaClientOptions,
  type AortaSink,
  createAortaClient,
  type Step,
} from './create-client.ts';
export type { Progress, Status } from './progress.ts';
export { AnswerLostError } from './send-once.ts';
