// Words of others, made fit to travel in a failure or a heartbeat.

/** The text, cut after so many characters; half a surrogate pair, which Temporal cannot carry, becomes U+FFFD. */
export function shorten(text: string, characters: number): string {
  const short = text.length > characters ? `${text.slice(0, characters)} …` : text;
  return Buffer.from(short).toString();
}
