// What a worker passes to the sandbox of its workflows.

/** The global that is there when failures are to be written without readable text. */
export const ENCODES_FAILURES = '__LONGHAUL_ENCODES_FAILURES__';
