/** Second jobs: what the relay adds for an event, under another id, so that BullMQ takes it for another job. */
const ending = '-twin';
const eventJob = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-r\d+)?$/;

/** Whether it is one that the relay adds, for an event or for its redrive; tests add others by hand. */
export const isEventJob = (jobId: string | undefined): jobId is string => eventJob.test(jobId ?? '');
export const twinId = (jobId: string) => `${jobId}${ending}`;
export const isTwin = (jobId: string | undefined) => jobId?.endsWith(ending) ?? false;
