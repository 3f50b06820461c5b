// How long an import takes of a description of 10 MB: `node bench/openapi.ts`.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { readDescription, takeOperations, toConfiguration } from '../src/openapi/index.ts';

/** A third of it are jobs, and every schema refers to another. */
function createDescription(resources: number): object {
  const paths: Record<string, object> = {};
  const schemas: Record<string, object> = {};
  const reference = (index: number) => ({ $ref: `#/components/schemas/Thing${index % resources}` });
  for (let index = 0; index < resources; index += 1) {
    const answer = { content: { 'application/json': { schema: reference(index) } } };
    const fields = Array.from({ length: 12 }, (_, field) => [
      `field_${field}`,
      { type: 'string', maxLength: 200, description: `What field ${field} of it is. `.repeat(3) },
    ]);
    schemas[`Thing${index}`] = {
      type: 'object',
      properties: {
        id: { type: 'string' },
        ...(index % 3 === 0 && {
          status: { type: 'string', enum: ['queued', 'running', 'succeeded', 'failed'] },
        }),
        next: reference(index + 1),
        ...(Object.fromEntries(fields) as object),
      },
    };
    const body = { content: { 'application/json': { schema: reference(index + 1) } } };
    paths[`/things/${index}`] = {
      post: { operationId: `create_${index}`, requestBody: body, responses: { 202: answer } },
    };
    paths[`/things/${index}/{id}`] = {
      parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
      get: { operationId: `get_${index}`, responses: { 200: answer } },
    };
  }
  return {
    openapi: '3.0.3',
    info: { title: 'Things', version: '1' },
    servers: [{ url: 'https://api.example.com' }],
    paths,
    components: { schemas },
  };
}

const folder = await mkdtemp(join(tmpdir(), 'longhaul-openapi-'));
const description = createDescription(3_300);
const files = { json: JSON.stringify(description, null, 2), yaml: stringify(description) };
for (const [ending, text] of Object.entries(files)) {
  const name = `things.${ending}`;
  await writeFile(join(folder, name), text);
  for (const include of [['create_3'], ['create_1*']]) {
    const start = process.cpuUsage();
    const { declared, title } = takeOperations(await readDescription(name, folder), { include });
    toConfiguration(declared, title);
    const { user, system } = process.cpuUsage(start);
    const seconds = ((user + system) / 1e6).toFixed(1);
    process.stdout.write(
      `${name}, ${(text.length / 1e6).toFixed(1)} MB, ${declared.length} operations: ${seconds} s of CPU\n`,
    );
  }
}
await rm(folder, { recursive: true });
