// Several things that are open as one. Invariants: they are closed in the reverse of the order in which they were opened, each
// although another could not be, and what was opened before one that cannot be opened is closed again.
import { closeInReverse } from '../operations/services.ts';

/** Opens them: `open` gives each thing that has to be closed to `add`, as soon as it is open. */
export async function openInOrder<Opened extends object>(
  open: (add: <Part extends AsyncDisposable | null>(part: Part) => Part) => Promise<Opened>,
): Promise<Opened & AsyncDisposable> {
  const parts: AsyncDisposable[] = [];
  try {
    const opened = await open((part) => {
      if (part) parts.push(part);
      return part;
    });
    return { ...opened, [Symbol.asyncDispose]: () => closeInReverse(parts) };
  } catch (failure) {
    await closeInReverse(parts);
    throw failure;
  }
}
