// Names of this machine that no other machine can answer to.

/** Whether a host, as it is bound or as a URL has it, is reachable from this machine alone. */
export function isLoopback(host: string): boolean {
  return /^(localhost|\[?::1\]?|127\.\d+\.\d+\.\d+)$/.test(host);
}
