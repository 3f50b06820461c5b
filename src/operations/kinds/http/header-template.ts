// Headers of a declared request. A value never holds a line break, so no parameter can add a header or end them; the
// headers that frame a message belong to the HTTP client alone.
import { OperationError } from '../../../contract/errors.ts';
import { IDEMPOTENCY_HEADER } from './idempotency-header.ts';
import { refuseField, renderText, type Values } from '../template/render.ts';
import { fieldsOf, parseTemplate, type Template } from '../template/template.ts';

export interface HeaderTemplate {
  /** In lower case. */
  readonly name: string;
  readonly value: Template;
}

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const FRAMING = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Whether a header may be set: a token, and none of those that frame the message. */
export function isHeaderName(name: string): boolean {
  return NAME.test(name) && !FRAMING.has(name.toLowerCase());
}

/** Whether a text can be the value of a header: visible Latin-1, spaces and tabs. */
export function isHeaderValue(value: string): boolean {
  return VALUE.test(value);
}

/**
 * @throws {TypeError} when a name is no header, is used twice, or belongs to the HTTP client; when a caller would choose the
 * idempotency key, and so could send that of another caller
 */
export function parseHeaderTemplates(
  headers: Readonly<Record<string, string>>,
): readonly HeaderTemplate[] {
  const seen = new Set<string>();
  return Object.entries(headers).map(([written, source]) => {
    const name = written.toLowerCase();
    if (!NAME.test(name))
      throw new TypeError(`header ${JSON.stringify(written)}: this is no header name`);
    if (FRAMING.has(name))
      throw new TypeError(`header ${written}: the HTTP client sets it by itself`);
    if (seen.has(name)) throw new TypeError(`header ${written}: the name is used twice`);
    seen.add(name);
    const value = parseTemplate(source);
    if (value.some((piece) => piece.kind === 'text' && !VALUE.test(piece.text))) {
      throw new TypeError(`header ${written}: a header value is one line of Latin-1 characters`);
    }
    if (name === IDEMPOTENCY_HEADER && fieldsOf(value).length > 0) {
      throw new TypeError(
        `header ${written}: no parameter may stand in it, or a caller could send the key of another; ` +
          'idempotencyKey makes equal requests one task, and its key is sent by itself',
      );
    }
    return { name, value };
  });
}

/**
 * Fills header templates; a header whose field is absent is left out.
 *
 * @throws {OperationError} INVALID_PARAMETERS, when a parameter cannot stand in a header; INTERNAL, when a secret cannot
 */
export function renderHeaders(
  templates: readonly HeaderTemplate[],
  values: Values,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { name, value } of templates) {
    const rendered = renderText(value, values);
    if (rendered === undefined) continue;
    if (!VALUE.test(rendered)) throw refuseValue(name, value, values);
    headers[name] = rendered;
  }
  return headers;
}

function refuseValue(name: string, value: Template, values: Values): OperationError {
  for (const piece of value) {
    if (piece.kind === 'secret' && !VALUE.test(values.secrets.get(piece.reference) ?? '')) {
      return new OperationError(
        'INTERNAL',
        `the secret ${piece.reference} cannot stand in the header ${name}: it is not one line of Latin-1 characters`,
      );
    }
  }
  const guilty = fieldsOf(value).find(
    (path) => !VALUE.test(renderText([{ kind: 'field', path }], values) ?? ''),
  );
  return refuseField(
    guilty ?? [],
    `goes into the header ${name}, so it must be one line of Latin-1 characters`,
  );
}
