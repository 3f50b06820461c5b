// Loaded before a worker's own code (`--import`): its clock is wrong by SKEW_MS, in milliseconds, as far as JavaScript looks at it.
// The native client counts with the system's clock, as it does on a machine whose clock is set wrong.
const skewMs = Number(process.env['SKEW_MS'] ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given: readonly unknown[]) {
    super(...((given.length === 0 ? [RealDate.now() + skewMs] : given) as [number]));
  }

  static override now(): number {
    return RealDate.now() + skewMs;
  }
} as DateConstructor;
