// The slots of a worker, handed out one after the other while attempts are put off. A slot is what asks Temporal for an attempt, so as
// fast as slots are handed out, thousands that wait would be taken, put off and waited for: all that the processors can do. What is not
// taken waits in the queue, where it costs nothing. I1: a slot that an attempt leaves is handed out at once, and so is the next after
// one that finds room: what may run is not kept waiting, but for at most `LONGEST_MS` behind attempts that may not.
import type { ActivitySlotInfo, CustomSlotSupplier, SlotPermit } from '@temporalio/worker';

/** After the first attempt that is put off, no slot is handed out for so long, in milliseconds; doubled by each that follows. */
const SHORTEST_MS = 10;
const LONGEST_MS = 250;

/** Told what became of attempts. */
export interface Pace {
  readonly putOff: () => void;
  /** @param hasRoom whether its principal may begin another */
  readonly begun: (hasRoom: boolean) => void;
  readonly ended: () => void;
}

export interface PacedSlots extends Pace {
  readonly supplier: CustomSlotSupplier<ActivitySlotInfo>;
}

/** @param reportFree told how many slots run nothing, which the SDK shows of its own slots only */
export function createPacedSlots(
  slots: number,
  reportFree: (free: number) => void,
  now = () => performance.now(),
): PacedSlots {
  const waiting = new Set<(permit: SlotPermit) => void>();
  let taken = 0;
  let used = 0;
  let pauseMs = 0;
  let opensAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const handOut = (): void => {
    clearTimeout(timer);
    for (const grant of waiting) {
      if (taken >= slots) return;
      const leftMs = opensAt - now();
      if (leftMs > 0) {
        timer = setTimeout(handOut, leftMs).unref();
        return;
      }
      waiting.delete(grant);
      taken += 1;
      opensAt = now() + pauseMs;
      grant({});
    }
  };
  const open = (): void => {
    opensAt = 0;
    handOut();
  };

  reportFree(slots);
  return {
    putOff: () => {
      pauseMs = Math.min(Math.max(SHORTEST_MS, 2 * pauseMs), LONGEST_MS);
      opensAt = now() + pauseMs;
    },
    begun: (hasRoom) => {
      if (!hasRoom) return;
      pauseMs = 0;
      open();
    },
    ended: open,
    supplier: {
      type: 'custom',
      reserveSlot: async (_, signal) =>
        new Promise<SlotPermit>((grant, refuse) => {
          const settle = (permit: SlotPermit): void => {
            signal.removeEventListener('abort', abort);
            grant(permit);
          };
          const abort = (): void => {
            waiting.delete(settle);
            refuse(signal.reason as Error);
          };
          signal.addEventListener('abort', abort, { once: true });
          waiting.add(settle);
          handOut();
        }),
      tryReserveSlot: () => {
        if (taken >= slots || pauseMs > 0) return null;
        taken += 1;
        return {};
      },
      markSlotUsed: () => {
        used += 1;
        reportFree(slots - used);
      },
      releaseSlot: ({ slotInfo }) => {
        taken -= 1;
        if (slotInfo) used -= 1;
        reportFree(slots - used);
        handOut();
      },
    },
  };
}
