// A declared request: every template in it read and checked once, filled for each attempt.
import type * as z from 'zod';
import type { Json, JsonObject } from '../../../contract/json.ts';
import type { Environment } from '../kind.ts';
import type { HttpRequest } from '../../../http/client.ts';
import type { fileField, Method, requestFields } from './exchange-declaration.ts';
import { checkField, checkRequired } from '../template/fields.ts';
import { parseContent, type Content } from './content.ts';
import { parseFileField, takeFileUri } from './file-body.ts';
import { parseHeaderTemplates, renderHeaders } from './header-template.ts';
import type { BasePath } from '../template/redact.ts';
import type { Values } from '../template/render.ts';
import { fieldsOf, referencesOf, type Template } from '../template/template.ts';
import { parseUrlTemplate, renderUrl } from './url-template.ts';

export interface RequestDeclaration extends z.output<z.ZodObject<typeof requestFields>> {
  readonly method: Method;
  readonly file?: z.output<typeof fileField>;
}

/** A request without the bytes of the files that it may send. */
interface RenderedRequest extends Omit<HttpRequest, 'body'> {
  readonly body: Content | null;
  /** URI of the file that is the body; `null` when there is none. */
  readonly file: string | null;
}

export interface RequestTemplate {
  readonly method: Method;
  /** Secrets that it needs, each once. */
  readonly references: readonly string[];
  /** The path of the configured URL that it begins with; `null` where it begins with a literal one. */
  readonly basePath: BasePath | null;
  /** In lower case. */
  readonly headerNames: ReadonlySet<string>;
  /** Scheme, host and port of its URL; `null` where an answer says the URL. */
  readonly origin: string | null;
  /** The field with whose URL it begins; `null` where it begins as declared. */
  readonly start: readonly string[] | null;
  /** Whether it sends the bytes of a file. */
  readonly sendsFile: boolean;
  /** Fails with `INVALID_PARAMETERS` when a value cannot stand where it is to stand. */
  render(values: Values, origins?: ReadonlySet<string>): RenderedRequest;
}

/**
 * @param inputSchema the parameters; every placeholder must name one
 * @throws {TypeError} when the request cannot be used; the message says why
 */
export function parseRequest(
  { method, url, headers, body, file }: RequestDeclaration,
  inputSchema: JsonObject,
  environment: Environment,
): RequestTemplate {
  const address = parseUrlTemplate(url, environment);
  const headerTemplates = parseHeaderTemplates(headers);
  const written = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type');
  const content = body === undefined ? undefined : parseContent(body, written?.[1]);
  const headerNames = new Set(headerTemplates.map(({ name }) => name));
  const filePath = file === undefined ? null : parseFileField(file);
  const reads = method === 'GET' || method === 'HEAD';
  if (content && reads) {
    throw new TypeError(`a ${method} request has no body; put the parameters into the query`);
  }
  if (filePath && reads) throw new TypeError(`a ${method} request sends no file`);
  if (filePath && content) {
    throw new TypeError('file: a request has a body or sends a file, not both');
  }
  const files = [...(content?.files ?? []), ...(filePath ? [filePath] : [])];
  for (const path of files) checkField(inputSchema, path);
  if (body !== undefined) checkUnquoted(body, inputSchema);
  const templates: readonly Template[] = [
    ...address.segments,
    ...address.query.flatMap(({ value }) => (value ? [value] : [])),
    ...headerTemplates.map(({ value }) => value),
    ...(content?.templates ?? []),
  ];
  for (const path of templates.flatMap(fieldsOf)) checkField(inputSchema, path);
  for (const path of address.segments.flatMap(fieldsOf)) checkRequired(inputSchema, path);
  if (address.start !== null) checkField(inputSchema, address.start);
  return {
    method,
    references: [...new Set(templates.flatMap(referencesOf))],
    basePath: address.variable === null ? null : { name: address.variable, path: address.basePath },
    headerNames,
    origin: address.origin,
    start: address.start,
    sendsFile: files.length > 0,
    render: (values, origins) => {
      const rendered = content?.render(values);
      const fileUri = filePath && takeFileUri(values.fields, filePath);
      return {
        method,
        url: renderUrl(address, values, origins),
        headers: {
          accept: 'application/json, text/*;q=0.9, */*;q=0.1',
          'user-agent': 'longhaul',
          ...(rendered !== undefined && { 'content-type': 'application/json' }),
          ...renderHeaders(headerTemplates, values),
        },
        body: rendered ?? null,
        file: fileUri,
      };
    },
  };
}

/** YAML reads an unquoted {field} as the object { field: null }, and the parameter would never be sent. */
function checkUnquoted(body: Json, inputSchema: JsonObject): void {
  if (typeof body !== 'object' || body === null) return;
  const entries = Object.entries<Json>(body as JsonObject);
  const [only] = entries;
  const fields = inputSchema['properties'] ?? {};
  if (!Array.isArray(body) && entries.length === 1 && only?.[1] === null) {
    if (Object.hasOwn(fields as object, only[0])) {
      throw new TypeError(
        `{${only[0]}} in the body is an object here; write it in quotes: "{${only[0]}}"`,
      );
    }
  }
  for (const [, value] of entries) checkUnquoted(value, inputSchema);
}
