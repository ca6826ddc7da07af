/** Loaded into a process before its program: its clock is ahead by CLOCK_AHEAD_MS, its timers are not. */
const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const RealDate = Date;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + aheadMs] : args, newTarget),
  apply: () => new Date().toString(),
  get: (target, property) =>
    property === 'now' ? () => RealDate.now() + aheadMs : Reflect.get(target, property),
});
