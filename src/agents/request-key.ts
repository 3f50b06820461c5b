// The idempotency key of a tool call. Invariant: the same call of the same conversation has the same key in every process,
// so that an agent that is run again from where it was finds its task instead of starting a second one.

/** A key made of what identifies a call: 43 visible characters, whatever the parts look like. */
export async function toRequestKey(...parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(parts));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return btoa(String.fromCharCode(...digest)).replace(/[+/=]/g, (sign) =>
    sign === '+' ? '-' : sign === '/' ? '_' : '',
  );
}
