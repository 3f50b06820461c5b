// Takes operations of a description that is written down in a test.
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/contract/json.ts';
import { readDescription, takeOperations } from '../../src/openapi/index.ts';
import { createWorkspace } from '../support/files/workspace.ts';

export interface Taking {
  readonly declared: Readonly<Record<string, JsonObject>>;
  /** Comments by operation. */
  readonly notes: Readonly<Record<string, readonly string[]>>;
  /** Lines as they are printed. */
  readonly said: readonly string[];
}

/** @param files the first is the description */
export async function take(
  files: Readonly<Record<string, string>>,
  include: readonly string[] = ['*'],
  server?: string,
): Promise<Taking> {
  await using workspace = await createWorkspace(files);
  const [first = ''] = Object.keys(files);
  const description = await readDescription(first, workspace.directory);
  const { declared, missing, findings } = takeOperations(description, { include, server });
  return {
    declared: Object.fromEntries(declared.map(({ name, declaration }) => [name, declaration])),
    notes: Object.fromEntries(
      declared.map(({ name, notes }) => [name, notes.map(({ text }) => text)]),
    ),
    said: [...missing, ...findings].map(({ source, message }) => `${source}: ${message}`),
  };
}

/** The declaration of `POST /things/{id}`, from the parts of a description. */
export async function declareThing(
  operation: object,
  root: object = {},
): Promise<{
  readonly declaration: JsonObject;
  readonly notes: readonly string[];
  readonly said: readonly string[];
}> {
  const description = {
    openapi: '3.1.0',
    info: { title: 'The Things API v2', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths: {
      '/things/{id}': {
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
        post: { operationId: 'postThing', responses: { 200: { description: 'd' } }, ...operation },
      },
    },
    ...root,
  };
  const { declared, notes, said } = await take({ 'api.yaml': stringify(description) });
  return { declaration: declared['post_thing']!, notes: notes['post_thing']!, said };
}
