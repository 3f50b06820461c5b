// Who is signed in. Invariants: what a browser keeps is a random number that means something to this process alone, which keeps no
// more of it than a hash; it stands for the token that it was given for, so it ends when that is removed; and it ends by
// itself, with the process, or when its owner signs out.
import { hash, randomBytes } from 'node:crypto';

/** How long a browser stays signed in, in milliseconds: a working day. */
export const SESSION_MS = 12 * 60 * 60 * 1000;

/** Most sessions at once; beyond that the oldest one ends. */
const MAX_SESSIONS = 1_000;

export interface Sessions {
  /** Begins one for a token that was checked; what the browser is to keep. */
  open(token: string): string;
  /** The token that a session stands for, to be checked again; `null` when there is no such session. */
  find(id: string): string | null;
  close(id: string): void;
}

export function createSessions(now: () => number = () => performance.now()): Sessions {
  // In the order of their end, since all last equally long.
  const sessions = new Map<string, { readonly token: string; readonly endsAt: number }>();
  const sweep = (): void => {
    for (const [hash, { endsAt }] of sessions) {
      if (endsAt > now() && sessions.size < MAX_SESSIONS) return;
      sessions.delete(hash);
    }
  };
  return {
    open: (token) => {
      sweep();
      const id = randomBytes(32).toString('base64url');
      sessions.set(toHash(id), { token, endsAt: now() + SESSION_MS });
      return id;
    },
    find: (id) => {
      const session = sessions.get(toHash(id));
      return session && session.endsAt > now() ? session.token : null;
    },
    close: (id) => {
      sessions.delete(toHash(id));
    },
  };
}

function toHash(id: string): string {
  return hash('sha256', id, 'base64url');
}
