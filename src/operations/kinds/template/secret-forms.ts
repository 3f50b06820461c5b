// How a secret may stand in what an upstream answers: as it is, percent-encoded, escaped as in JSON, and within something that
// was written in Base64 or in hexadecimal digits, as a header that is sent back.

/** Shorter secrets have encoded forms of a few characters, which would be found everywhere; in bytes. */
const ENCODED_BYTES = 6;

/** Every form, each to be searched for. */
export function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const json = JSON.stringify(value).slice(1, -1);
  const encoded = bytes.length < ENCODED_BYTES ? [] : [...base64Of(bytes), ...hexOf(bytes)];
  const forms = [value, encodeURIComponent(bytes.toString()), json, ...encoded];
  // Some writers of JSON escape slashes, too.
  return [...new Set([...forms, ...[json, ...encoded].map(escapeSlashes)])].filter(Boolean);
}

/** In both alphabets, alone and behind any text: a digit holds six bits, and those at a border hold some of a neighbour's. */
function base64Of(bytes: Buffer): string[] {
  const within = [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const standard = [bytes.toString('base64'), ...within];
  const percent = standard.map(encodeURIComponent);
  return [
    ...standard,
    ...percent,
    ...standard.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
  ];
}

function hexOf(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase()];
}

function escapeSlashes(text: string): string {
  return text.replaceAll('/', String.raw`\/`);
}
