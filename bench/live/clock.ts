/** The machine's monotonic clock, ms: the same in every process, so that one can subtract what another one measured. */
export const nowMs = (): number => Number(process.hrtime.bigint()) / 1e6;
