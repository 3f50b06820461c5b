// How much of a file one answer carries.

/** Most of a file that an answer of `resources/read` carries, in bytes: a piece, so that memory stays flat. */
export const PART_BYTES = 1024 * 1024;
