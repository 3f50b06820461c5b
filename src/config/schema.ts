// The options of `longhaul.config.*`: one strict schema that errors, defaults, types, `--help` and docs/configuration.md
// are all derived from. Each group stands with its feature, and is one line here. Invariant: a description carries meaning and
// unit; bounds and defaults stand in the checks alone; variable, flag and the rest stand on the option (`explain/option.ts`).
import * as z from 'zod';
import { auth } from '../auth/options.ts';
import { callbacks } from '../callbacks/options.ts';
import { encryption } from '../encryption/options.ts';
import { limits } from '../limits/options.ts';
import { state } from '../local/options.ts';
import { server } from '../mcp/http/options.ts';
import { tools } from '../mcp/options.ts';
import { observability } from '../observability/options.ts';
import { httpRequest } from '../operations/builtin/options.ts';
import { upstreams } from '../operations/kinds/mcp/upstream.ts';
import { storage } from '../storage/options.ts';
import { polling } from '../tasks/options.ts';
import { temporal } from '../temporal/options.ts';
import { execution } from '../temporal/worker/options.ts';

/** The options, strict; parsing yields every one of them decided. `operations` is checked entry by entry, by kind. */
export const configSchema = z.strictObject({
  server,
  state,
  execution,
  polling,
  tools,
  auth,
  limits,
  storage,
  encryption,
  callbacks,
  observability,
  temporal,
  httpRequest,
  dataDirectory: z
    .string()
    .min(1)
    .default('.longhaul')
    .describe(
      'Where the embedded server keeps its file, lock and log; relative to the folder of the configuration file. Where that is no place for data, the default is a folder of the user.',
    )
    .meta({ env: 'LONGHAUL_DATA_DIR', flag: '--data-dir <folder>', isPath: true }),
  builtins: z
    .boolean()
    .nullable()
    .default(null)
    .describe(
      'Whether there are the built-in example operations; one of your own of the same name replaces one. With null they are there, and where callers authenticate only those are offered that `tools.operations` names, and `http_request` when `httpRequest.allow` names an origin.',
    )
    .meta({ env: 'LONGHAUL_BUILTINS', worker: true }),
  operations: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .default({})
    .describe('The operations, by name; see [operations](operations.md).'),
  upstreams,
});

/** Every option decided, except that operations are still as they were written. */
export type ParsedConfig = z.output<typeof configSchema>;
