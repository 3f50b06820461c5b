// Where one is in a description, and what one needs to move in it.
import type { Json } from '../contract/json.ts';
import type { Path, SourceFile } from './source-file.ts';

export interface Place {
  readonly value: Json;
  readonly file: SourceFile;
  readonly path: Path;
}

/** Every file of a description by its URL; a text says why one is not there. */
export type Files = ReadonlyMap<string, SourceFile | string>;

export interface Findings {
  /** Lines are looked up here, which takes its time for a large file. */
  readonly list: () => readonly Finding[];
  /** What was added before is not added again. */
  readonly add: (place: Place, message: string) => void;
}

export interface Finding {
  /** File, line and column, as far as they are known. */
  readonly source: string;
  readonly message: string;
}

/** How one moves within a description. */
export interface Walk {
  readonly files: Files;
  readonly findings: Findings;
  /** Schemas that were converted for one request; what comes after too many is cut. */
  readonly count?: { nodes: number };
}
