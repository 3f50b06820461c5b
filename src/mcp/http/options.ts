// The options of `server`: where the gateway listens, to which names it answers, and how much it takes at once.
import * as z from 'zod';
import type { Frozen } from '../../contract/frozen.ts';

export const server = z
  .strictObject({
    name: z.string().min(1).max(64).default('longhaul').meta({
      description: 'What the gateway calls itself towards MCP clients.',
    }),
    version: z.string().min(1).max(64).nullable().default(null).meta({
      description: "The version it reports to MCP clients; null is Longhaul's own.",
    }),
    transport: z.enum(['http', 'stdio']).default('http').meta({
      description:
        'What `longhaul` without a command runs: `http` is `longhaul dev`, `stdio` itself.',
    }),
    host: z.string().min(1).default('127.0.0.1').meta({
      description: 'Address the HTTP gateway listens on.',
      env: 'LONGHAUL_HOST',
      flag: '--host <address>',
    }),
    port: z.int().min(0).max(65_535).default(7400).meta({
      description:
        'Port the HTTP gateway listens on; 0 takes a free one. The MCP endpoint is `/mcp`.',
      env: 'LONGHAUL_PORT',
      flag: '--port <number>',
    }),
    allowedHosts: z.array(z.string().min(1)).default([]).meta({
      description:
        'Host names, without port, that may lead to the gateway beside the loopback ones, in `Host` and in `Origin`.',
      env: 'LONGHAUL_ALLOWED_HOSTS',
    }),
    maxBodyBytes: z.int().min(1024).max(67_108_864).default(1_048_576).meta({
      description: 'Largest request body, in bytes.',
      env: 'LONGHAUL_MAX_BODY_BYTES',
    }),
    maxConnections: z.int().min(10).max(1_000_000).default(5_000).meta({
      description:
        'Connections to one gateway at once, those of calls that wait included; more are closed at once.',
    }),
    maxCallsPerCaller: z.int().min(10).max(1_000_000).default(1_000).meta({
      description:
        'Calls of one principal that one gateway answers at once, those that wait included; more are refused with `RATE_LIMITED`.',
    }),
  })
  .prefault({})
  .describe('How agents reach the gateway.');

/** Where a gateway listens, to which names it answers, and how much it takes at once. */
export type ListeningOptions = Pick<
  Frozen<z.output<typeof server>>,
  'host' | 'port' | 'allowedHosts' | 'maxBodyBytes' | 'maxConnections'
>;
