// The storage of a process, made from its configuration. Invariant: gateway and worker of one configuration keep their files
// in one place, and where payloads are encrypted, so are files.
import { join } from 'node:path';
import type { LoadedConfig } from '../config/index.ts';
import type { Files } from '../contract/file.ts';
import { INPUT_MS } from '../contract/input.ts';
import type { Registry } from '../operations/registry.ts';
import { createSecretReader } from '../operations/secrets.ts';
import { createDirectoryStore } from '../storage/directory-store.ts';
import { createFiles } from '../storage/files.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { createS3Store, type S3Credentials, type S3Store } from '../storage/s3-store.ts';
import { createSealedStore } from '../storage/sealed-store.ts';
import { startSweeping } from '../storage/sweep.ts';
import { findExposureBehind } from '../trust/index.ts';
import { UsageError, type CommandContext } from './context.ts';
import type { Log } from './log.ts';
import type { Resolved } from './resolved.ts';

export interface OpenStorage extends AsyncDisposable {
  readonly files: Files | null;
  /**
   * Sweeps a directory of files from now on: each is kept for the longest that a task may take, and as long as its end can
   * be read, from its last write. A bucket is swept by a rule of its own.
   */
  startSweeping(
    registry: Registry,
    connected: { readonly retentionMs: number },
    log: Pick<Log, 'warn'>,
  ): void;
}

export async function openStorage(
  context: Pick<CommandContext, 'env'>,
  config: LoadedConfig,
  resolved: Resolved,
): Promise<OpenStorage> {
  const { storage, dataDirectory, auth, limits } = config;
  const mode = storage.mode === 'auto' ? toMode(resolved) : storage.mode;
  if (mode === 'none') return NOWHERE;
  const { encryption } = await resolved.keys();
  const toFiles = (store: ObjectStore) =>
    createFiles({
      store: encryption ? createSealedStore(store, encryption) : store,
      maxBytes: storage.maxFileBytes,
      quotaBytes: limits.storageBytes ?? (auth.mode === 'none' ? null : QUOTA_BYTES),
    });
  if (mode === 's3') {
    const store = createConfiguredBucket(context, config);
    return {
      files: toFiles(store),
      startSweeping: () => undefined,
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  }
  const directory = storage.directory ?? join(dataDirectory, 'files');
  refuseExposed(directory);
  let sweeping: Disposable | null = null;
  return {
    files: toFiles(createDirectoryStore(directory)),
    startSweeping: (registry, { retentionMs }, log) => {
      sweeping = startSweeping(directory, retentionMs + toLongestMs(registry), (error) => {
        log.warn('files could not be swept', { error: String(error) });
      });
    },
    [Symbol.asyncDispose]: () => Promise.resolve(sweeping?.[Symbol.dispose]()),
  };
}

/** What the files of one principal may take up where callers authenticate, in bytes. */
const QUOTA_BYTES = 5 * 1024 ** 3;

const NOWHERE: OpenStorage = {
  files: null,
  startSweeping: () => undefined,
  [Symbol.asyncDispose]: () => Promise.resolve(),
};

/** What others can write there, they can replace: the files of a task, and links out of the directory. */
function refuseExposed(directory: string): void {
  const exposure = findExposureBehind(directory);
  if (exposure === null) return;
  const { why, command } = exposure;
  throw new UsageError(`files cannot be kept in ${directory}: it ${why}; ${command}`);
}

/** Beside the embedded server everything is on this machine. */
function toMode({ address }: Resolved): 'none' | 'directory' {
  return address() === null ? 'directory' : 'none';
}

/** The longest that a task may take from its start to its end, in milliseconds. */
function toLongestMs({ all }: Registry): number {
  return Math.max(0, ...all.map(({ policy }) => policy.totalMs + (policy.inputMs ?? INPUT_MS)));
}

function createConfiguredBucket(
  { env }: Pick<CommandContext, 'env'>,
  { storage, directory }: LoadedConfig,
): S3Store {
  const { bucket, prefix, accessKeyId, secretAccessKey, sessionToken } = storage;
  if (bucket === null) throw new Error('storage: bucket is needed');
  const secret = createSecretReader({ env, baseDirectory: directory });
  const variable = (name: string): string | undefined => (env[name] === '' ? undefined : env[name]);
  const credentials = async (): Promise<S3Credentials> => {
    const token = sessionToken ?? (variable('AWS_SESSION_TOKEN') && 'env:AWS_SESSION_TOKEN');
    return {
      accessKeyId: await secret(accessKeyId ?? 'env:AWS_ACCESS_KEY_ID'),
      secretAccessKey: await secret(secretAccessKey ?? 'env:AWS_SECRET_ACCESS_KEY'),
      // Of the environment's key alone, where that is the one.
      sessionToken:
        token && (sessionToken !== null || accessKeyId === null) ? await secret(token) : undefined,
    };
  };
  return createS3Store({
    endpoint:
      storage.endpoint ?? variable('AWS_ENDPOINT_URL_S3') ?? variable('AWS_ENDPOINT_URL') ?? null,
    region:
      storage.region ?? variable('AWS_REGION') ?? variable('AWS_DEFAULT_REGION') ?? 'us-east-1',
    bucket,
    prefix,
    credentials,
  });
}
