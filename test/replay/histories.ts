// The committed histories, one file each.
import { readdir, readFile, writeFile } from 'node:fs/promises';

const folder = new URL('./', import.meta.url);

/** A history as JSON. */
export type JsonHistory = Readonly<Record<string, unknown>>;

/** All of them, by name. */
export async function readHistories(): Promise<ReadonlyMap<string, JsonHistory>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const histories = files.map(async (file) => {
    const text = await readFile(new URL(file, folder), 'utf8');
    return [file.slice(0, -'.json'.length), JSON.parse(text) as JsonHistory] as const;
  });
  return new Map(await Promise.all(histories));
}

/** Writes one, without what tells of the machine that recorded it. */
export async function writeHistory(name: string, json: string): Promise<void> {
  const history: unknown = JSON.parse(json, (key, value: unknown) => {
    if (key === 'stackTrace') return undefined;
    return key === 'identity' ? 'recorder' : value;
  });
  await writeFile(new URL(`${name}.json`, folder), `${JSON.stringify(history, null, 1)}\n`);
}
