// What a gateway asks an upstream by way of a worker, beside calls of tools: a read that leaves nothing behind.

/** The activity type. No operation has a name with a dot. */
export const ASK_UPSTREAM = 'longhaul.ask_upstream';

export const ASK_METHODS = ['prompts/get', 'resources/read', 'completion/complete'] as const;

/** How long an answer may take, in milliseconds: as long as clients wait for one. */
export const ASK_MS = 60_000;
