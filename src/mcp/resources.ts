// Files and results of tasks as MCP resources. Invariant: an answer carries at most one piece of 1 MiB, so a file of any size is read in flat
// memory, part by part; a file that does not exist and one of another principal are answered alike.
import {
  ProtocolError,
  ResourceNotFoundError,
  type ReadResourceResult,
  type Server,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { toErrorCode } from '../contract/errors.ts';
import {
  isFileReference,
  isTextType,
  parseFileUri,
  PART_BYTES,
  toFileUri,
  type FileRange,
} from '../contract/file.ts';
import { parseResultUri, toResultUri } from '../contract/task-uri.ts';
import type { Call } from './call.ts';
import type { McpContext } from './context.ts';
import { readForeignResource } from './foreign-content.ts';
import { parseParameters, registerMethods } from './method.ts';

export const RESOURCES_CAPABILITY = { resources: {} };

const RESULT_TEMPLATE = {
  uriTemplate: toResultUri('{task_ref}'),
  name: 'result',
  title: 'Result of a task',
};

const FILE_TEMPLATE = {
  uriTemplate: `${toFileUri('')}{name}{?offset,length}`,
  name: 'file',
  title: 'File',
  description: `A file that a task returned or that was uploaded; above ${PART_BYTES} bytes it is read in parts, by offset and length in bytes.`,
};

const readParameters = z.looseObject({ uri: z.string() });

interface Asked {
  readonly fileUri: string;
  /** `null` asks for the whole. */
  readonly range: FileRange | null;
}

export function registerResources(server: Server, mcp: McpContext): void {
  const { files, catalogue } = mcp;
  const resourceTemplates = files ? [RESULT_TEMPLATE, FILE_TEMPLATE] : [RESULT_TEMPLATE];
  registerMethods(server, mcp, {
    // Of ours none is listed: a caller that may read a file was given its URI.
    'resources/list': () => Promise.resolve({ resources: catalogue?.().resources ?? [] }),
    'resources/templates/list': () =>
      Promise.resolve({
        resourceTemplates: [...resourceTemplates, ...(catalogue?.().resourceTemplates ?? [])],
      }),
    'resources/read': async (params, call) => {
      const { uri } = parseParameters(readParameters, params);
      if (!isOwn(uri)) return readForeignResource(call, catalogue?.(), uri);
      const taskRef = parseResultUri(uri);
      const reading = taskRef === null ? readFile(call, uri) : readResult(call, uri, taskRef);
      return reading.catch((thrown: unknown) => {
        const isUnknown = UNKNOWN.includes(toErrorCode(thrown));
        throw isUnknown ? new ResourceNotFoundError(uri) : thrown;
      });
    },
  });
}

/** Whether a URI is one of a task or a file. */
function isOwn(uri: string): boolean {
  return parseResultUri(uri) !== null || parseAsked(uri) !== null;
}

const UNKNOWN: readonly unknown[] = ['FILE_NOT_FOUND', 'TASK_NOT_FOUND'];

/** The result of a completed task: it travels with its task, and has no storage of its own. */
async function readResult(call: Call, uri: string, taskRef: string): Promise<ReadResourceResult> {
  const { state } = await call.mcp.tasks.read(call.caller, taskRef);
  if (state.status !== 'completed') throw new ResourceNotFoundError(uri);
  const { result } = state;
  if (isFileReference(result)) return readFile(call, result.uri);
  const content =
    typeof result === 'string'
      ? { mimeType: 'text/plain', text: result }
      : { mimeType: 'application/json', text: JSON.stringify(result) };
  return { contents: [{ uri, ...content }] };
}

async function readFile({ mcp, caller }: Call, uri: string): Promise<ReadResourceResult> {
  const asked = parseAsked(uri);
  if (!asked || !mcp.files) throw new ResourceNotFoundError(uri);
  const file = await mcp.files.find(caller.principal, asked.fileUri);
  const { size, mimeType } = file.reference;
  if (!asked.range && size > PART_BYTES) throw createPartsError(asked.fileUri, size);
  const { offset, length } = asked.range ?? { offset: 0, length: size };
  const part = { offset, length: Math.max(0, Math.min(length, PART_BYTES, size - offset)) };
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(part)) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const text = isTextType(mimeType) ? toText(bytes) : null;
  return {
    contents: [
      {
        uri,
        mimeType,
        ...(text === null ? { blob: bytes.toString('base64') } : { text }),
        _meta: { 'longhaul/part': { ...part, size } },
      },
    ],
  };
}

/** `null` when the URI is none of a file. */
function parseAsked(uri: string): Asked | null {
  const [fileUri = '', query] = uri.split('?', 2);
  if (parseFileUri(fileUri) === null) return null;
  if (query === undefined) return { fileUri, range: null };
  const [, offset, length] = /^offset=(\d{1,15})&length=(\d{1,15})$/.exec(query) ?? [];
  if (offset === undefined || length === undefined) return null;
  return { fileUri, range: { offset: Number(offset), length: Number(length) } };
}

function createPartsError(fileUri: string, size: number): ProtocolError {
  return new ProtocolError(
    -32_602,
    `The file has ${size} bytes, and one answer carries at most ${PART_BYTES}: read it in parts, ` +
      `${fileUri}?offset=0&length=${PART_BYTES} first, or as a whole over HTTP (GET /files/<name>).`,
    { size, partBytes: PART_BYTES },
  );
}

/** The text; `null` when the bytes are none, or when the part ends within a character. */
function toText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}
