// What a description offers, and which of it is asked for.
import { isJsonObject } from '../contract/json.ts';
import type { Listed, Version } from './endpoint.ts';
import { toOperationName } from './names.ts';
import { entriesOf, step, textAt } from './place.ts';
import type { Place, Walk } from './walk.ts';

const METHODS = ['get', 'head', 'options', 'put', 'delete', 'post', 'patch'];

/** The version of a description; `null` where it is none. */
export function versionOf({ value }: Place): Version | null {
  if (!isJsonObject(value)) return null;
  const { openapi, swagger } = value;
  if (typeof openapi === 'string' && openapi.startsWith('3.')) return 3;
  return swagger === '2.0' || swagger === 2 ? 2 : null;
}

/** Every operation, in the order of the description. */
export function listOperations(walk: Walk, root: Place): Listed[] {
  const names = new Set<string>();
  const shapes = new Map<string, string>();
  const ids = new Set<string>();
  return entriesOf(walk, step(walk, root, 'paths'))
    .filter(([path]) => path.startsWith('/'))
    .flatMap(([path, around]) => {
      const shape = path.replaceAll(/\{[^}]*\}/g, '{}');
      const other = shapes.get(shape);
      if (other !== undefined) walk.findings.add(around, `${path} says the same as ${other}`);
      shapes.set(shape, path);
      return entriesOf(walk, around)
        .filter(([method]) => METHODS.includes(method))
        .map(([method, place]) => {
          const operationId = textAt(walk, place, 'operationId');
          if (operationId !== '' && ids.has(operationId)) {
            walk.findings.add(place, `the operationId ${operationId} is used twice`);
          }
          ids.add(operationId);
          const own = toOperationName(operationId || `${method} ${path}`);
          let name = own;
          for (let time = 2; names.has(name); time += 1) name = `${own.slice(0, 60)}_${time}`;
          names.add(name);
          return { name, operationId, method: method.toUpperCase(), path, around, place };
        });
    });
}

/** Whether a pattern means an operation: its name, its operationId, its path, or method and path; `*` stands for anything. */
export function isMeant(pattern: string, { name, operationId, method, path }: Listed): boolean {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('*', '.*');
  const wanted = new RegExp(`^${escaped}$`, 'i');
  return [name, operationId, path, `${method} ${path}`].some((text) => wanted.test(text));
}
