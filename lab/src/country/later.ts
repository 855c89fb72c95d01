// Loaded before a process of the platform: its calendar is RMH_AHEAD_MS ahead of the machine's.
// Timers run as ever; only what day it is changes.
const aheadMs = Number(process.env['RMH_AHEAD_MS'] ?? 0);
const here = Date.now;

globalThis.Date = new Proxy(Date, {
  construct: (target, given: [], maker) =>
    Reflect.construct(target, given.length === 0 ? [here() + aheadMs] : given, maker) as Date,
});
Date.now = () => here() + aheadMs;
