/** What a caller may send as an idempotency key. */
export const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,128}$/;

/** What is said of any other. */
export const KEY_EXPECTED = 'expected 1 to 128 visible ASCII characters';
