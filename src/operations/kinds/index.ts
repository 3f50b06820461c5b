// The kinds of operation that need no code. A new kind is a folder beside this file, and one entry of this list.
import type * as z from 'zod';
import { activity } from './activity/kind.ts';
import { http } from './http/kind.ts';
import { httpJob } from './http-job/kind.ts';
import { workflow } from './workflow/kind.ts';

/** Every kind, in the order of the documentation. */
export const KINDS = [http, httpJob, workflow, activity] as const;

/** A declaration of any kind, as people write it. */
export type Declaration = z.input<(typeof KINDS)[number]['schema']>;
