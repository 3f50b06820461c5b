// Names as a configuration has them, made of those of a description.

/** `createPrediction` and `predictions.create` alike in snake_case, as the name of an operation; at most 64 characters. */
export function toOperationName(text: string): string {
  const words = toWords(text);
  return (/^[a-z]/.test(words) ? words : `call_${words}`).slice(0, 64).replace(/_+$/, '');
}

/** The name of a parameter: as it is written where a template can hold it. */
export function toParameterName(text: string): string {
  const name = text.replaceAll(/[^A-Za-z0-9_-]+/g, '_').replaceAll(/^_+|_+$/g, '');
  return name === '' ? 'value' : name.slice(0, 64);
}

export function toVariable(...parts: readonly string[]): string {
  const name = parts
    .flatMap((part) => toWords(part).split('_'))
    .filter((word, index, words) => word !== '' && word !== words[index - 1])
    .join('_')
    .toUpperCase();
  return /^[A-Z]/.test(name) ? name : `API_${name}`.replace(/_$/, '');
}

function toWords(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
}

/** Words of a title that say nothing of whose API it is. */
const EMPTY_WORDS =
  /\b(the|an?|open|rest|http|web|public|official|restful|api|apis|v?\d[\w.]*|specification|spec|swagger|reference|service|client)\b/gi;

/** What the variables of an API begin with: the first two telling words of its title. */
export function toPrefix(title: string): string {
  const words = title
    .replaceAll(EMPTY_WORDS, ' ')
    .trim()
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean);
  return toVariable(words.slice(0, 2).join('_').toUpperCase() || 'API');
}
