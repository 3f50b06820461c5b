// Addresses of the web, as people write them.

/** The URL of a text that is one of http or https; `null` for any other text. */
export function parseWebUrl(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) ? url : null;
}

/** The origin that a text is: scheme, host and port, without path; `null` for any other text. */
export function parseOrigin(text: string): string | null {
  const origin = parseWebUrl(text)?.origin;
  return origin === text.replace(/\/$/, '').toLowerCase() ? origin : null;
}
