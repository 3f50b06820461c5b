// A JSON Schema guessed from samples: for people to correct, never to check anything with as it is.
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';

/** A schema that all samples fit; a property is required where each of them has it. */
export function guessSchema(samples: readonly Json[]): JsonObject {
  const given = samples.filter((sample) => sample !== null);
  if (given.length === 0) return {};
  if (given.every((sample) => typeof sample === 'string')) return { type: 'string' };
  if (given.every((sample) => typeof sample === 'boolean')) return { type: 'boolean' };
  if (given.every((sample) => typeof sample === 'number')) {
    return { type: given.every((sample) => Number.isInteger(sample)) ? 'integer' : 'number' };
  }
  if (given.every((sample) => Array.isArray(sample))) {
    return { type: 'array', items: guessSchema((given as readonly Json[][]).flat()) };
  }
  return given.every((sample) => isJsonObject(sample)) ? guessObject(given) : {};
}

function guessObject(samples: readonly JsonObject[]): JsonObject {
  const keys = [...new Set(samples.flatMap((sample) => Object.keys(sample)))];
  const required = keys.filter((key) => samples.every((sample) => sample[key] != null));
  const properties = keys.map((key) => {
    const values = samples.flatMap((sample) => (key in sample ? [sample[key] ?? null] : []));
    return [key, guessSchema(values)] as const;
  });
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
  };
}
