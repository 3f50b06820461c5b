// The text of a template, read once at definition time: literal text, `{field}` and `{field.nested}`, `${env:NAME}` and
// `${file:path}`; `{+field}` keeps the slashes of a value in a path (RFC 6570); `{{` and `}}` stand for braces. Invariant: a brace that means none of these is refused, never guessed.
import { IN_BRACES } from '../../../contract/secret-reference.ts';

type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'field';
      readonly path: readonly string[];
      /** Whether slashes within the value stay slashes: `{+field}`, in the path of a URL alone. */
      readonly reserved?: boolean;
    }
  | { readonly kind: 'secret'; readonly reference: string };

export type Template = readonly Piece[];

const TEXT = /(?<text>(?:[^{}$]|\{\{|\}\}|\$(?!\{(?!\{)))+)/;
const FIELD = /\{(?<plus>\+?)(?<field>[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*)\}/;
const PIECE = `${TEXT.source}|\\$\\{(?<reference>${IN_BRACES})\\}|${FIELD.source}`;

/** @throws {TypeError} when a brace is neither a placeholder, nor a reference, nor doubled */
export function parseTemplate(source: string): Template {
  const template = parsePathTemplate(source);
  if (template.some((piece) => piece.kind === 'field' && piece.reserved === true)) {
    throw new TypeError(`${source}: {+field} stands in the path of a URL alone; write {field}`);
  }
  return template;
}

/**
 * Reads the template of a URL's path, where `{+field}` may stand, too.
 *
 * @throws {TypeError} as `parseTemplate`
 */
export function parsePathTemplate(source: string): Template {
  const pieces: Piece[] = [];
  const pattern = new RegExp(PIECE, 'y');
  while (pattern.lastIndex < source.length) {
    const at = pattern.lastIndex;
    const groups = pattern.exec(source)?.groups;
    if (!groups) {
      throw new TypeError(
        `${JSON.stringify(source.slice(at, at + 40))} is no placeholder: write {field}, {field.nested}, ` +
          '${env:NAME} or ${file:path}, and {{ or }} for a brace itself',
      );
    }
    pieces.push(toPiece(groups));
  }
  return pieces;
}

export function fieldsOf(template: Template): readonly (readonly string[])[] {
  return template.flatMap((piece) => (piece.kind === 'field' ? [piece.path] : []));
}

export function referencesOf(template: Template): string[] {
  return template.flatMap((piece) => (piece.kind === 'secret' ? [piece.reference] : []));
}

function toPiece(groups: Partial<Record<string, string>>): Piece {
  const { text, reference, field, plus } = groups as Partial<
    Record<'text' | 'reference' | 'field' | 'plus', string>
  >;
  if (field !== undefined) {
    return { kind: 'field', path: field.split('.'), ...(plus === '+' && { reserved: true }) };
  }
  if (reference !== undefined) return { kind: 'secret', reference };
  return { kind: 'text', text: (text ?? '').replaceAll('{{', '{').replaceAll('}}', '}') };
}
