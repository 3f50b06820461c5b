/** Whether an address could come from a template: its fixed parts are there, in their order. Takes time in proportion to the address. */
export function matchesTemplate(uri: string, uriTemplate: string): boolean {
  const parts = uriTemplate.split(/\{[^{}]*\}/);
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (parts.length === 1) return uri === first;
  if (uri.length < first.length + last.length || !uri.startsWith(first) || !uri.endsWith(last))
    return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = uri.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at + last.length <= uri.length;
}
