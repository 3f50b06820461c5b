// The attacks, as data: on which face, by which method, with what in the place of a handle, a key or a name.

/** How an attack comes in. */
type Face =
  | 'pair, modern'
  | 'pair, legacy'
  | 'typed tool, modern'
  | 'typed tool, legacy'
  | 'extension'
  | '2025-11-25 tasks';

/** A task as an attacker knows it. */
export interface Known {
  readonly ref: string;
  readonly key: string;
}

/** One attack on a task: the handle it uses, made from what is known of a task. */
export interface Attack {
  readonly name: string;
  readonly face: Face;
  readonly method: string;
  readonly params: (target: Known) => Readonly<Record<string, unknown>>;
  readonly headers?: (target: Known) => Readonly<Record<string, string>>;
}

/** The parameters of a call of a tool. */
export const toToolCall = (name: string, args: object): { name: string; arguments: object } => ({
  name,
  arguments: args,
});

/** Handles that could lead to a task of another, if a name were taken from them. */
const HANDLES: Readonly<Record<string, (target: Known) => string>> = {
  'its handle': ({ ref }) => ref,
  'its handle with her name before it': ({ ref }) => `alice:${ref}`,
  'its workflow id': ({ key }) => `alice:${key}`,
  'its key alone': ({ key }) => key,
  'its handle in the other lane': ({ ref }) =>
    ref.replace(/\.(a?)(.{22})$/, (_, mark: string, run: string) => `.${mark ? '' : 'a'}${run}`),
  'its handle without the run': ({ ref }) => ref.replace(/\.[^.]*$/, '.'),
  'its handle with another run': ({ ref }) => ref.replace(/\.[^.]*$/, `.${'A'.repeat(22)}`),
  'its handle in capitals': ({ ref }) => ref.toUpperCase(),
  'its handle and a path': ({ ref }) => `../alice/${ref}`,
  'its handle and a NUL': ({ ref }) => `${ref}\u0000`,
  'its handle percent-encoded': ({ ref }) => ref.replaceAll('.', '%2e'),
};

/** Every method that takes a handle, on every face. */
const BY_HANDLE: readonly {
  readonly verb: string;
  readonly face: Face;
  readonly method: string;
  readonly tool?: string;
  readonly more?: object;
}[] = [
  ...(['pair, modern', 'pair, legacy'] as const).flatMap((face) => [
    { verb: 'read', face, method: 'tools/call', tool: 'resolve_task_status' },
    {
      verb: 'wait for',
      face,
      method: 'tools/call',
      tool: 'resolve_task_status',
      more: { wait_seconds: 1 },
    },
    { verb: 'cancel', face, method: 'tools/call', tool: 'cancel_background_task' },
    {
      verb: 'answer',
      face,
      method: 'tools/call',
      tool: 'provide_task_input',
      more: { responses: { any: { action: 'accept', content: {} } } },
    },
  ]),
  { verb: 'read', face: 'extension', method: 'tasks/get' },
  {
    verb: 'answer',
    face: 'extension',
    method: 'tasks/update',
    more: { inputResponses: { any: { action: 'accept', content: {} } } },
  },
  { verb: 'cancel', face: 'extension', method: 'tasks/cancel' },
  { verb: 'read', face: '2025-11-25 tasks', method: 'tasks/get' },
  { verb: 'wait for', face: '2025-11-25 tasks', method: 'tasks/result' },
  { verb: 'cancel', face: '2025-11-25 tasks', method: 'tasks/cancel' },
];

/** Every attack. */
export const ATTACKS: readonly Attack[] = [
  ...BY_HANDLE.flatMap(({ verb, face, method, tool: called, more = {} }) =>
    Object.entries(HANDLES).map(([handle, toHandle]) => ({
      name: `${verb} it by ${handle}`,
      face,
      method,
      params: (target: Known) =>
        called === undefined
          ? { taskId: toHandle(target), ...more }
          : toToolCall(called, { task_ref: toHandle(target), ...more }),
    })),
  ),
  ...(['pair, modern', 'pair, legacy'] as const).flatMap((face): Attack[] => [
    {
      name: 'list by its key',
      face,
      method: 'tools/call',
      params: ({ key }) => toToolCall('list_background_tasks', { idempotency_key: key }),
    },
    {
      name: 'list by a key with her name before it',
      face,
      method: 'tools/call',
      params: ({ key }) => toToolCall('list_background_tasks', { idempotency_key: `alice:${key}` }),
    },
    {
      name: 'list with a filter that would end its own quotes',
      face,
      method: 'tools/call',
      params: () =>
        toToolCall('list_background_tasks', { operation_type: `x' OR LonghaulPrincipal = 'alice` }),
    },
    {
      name: 'name her as the principal among the arguments',
      face,
      method: 'tools/call',
      params: ({ ref }) => toToolCall('resolve_task_status', { task_ref: ref, principal: 'alice' }),
    },
    {
      name: 'name her as the principal in _meta',
      face,
      method: 'tools/call',
      params: ({ ref }) =>
        toToolCall('resolve_task_status', {
          task_ref: ref,
          _meta: { principal: 'alice', sub: 'alice' },
        }),
    },
    {
      name: 'name her in headers that proxies use',
      face,
      method: 'tools/call',
      params: ({ ref }) => toToolCall('resolve_task_status', { task_ref: ref }),
      headers: () => ({
        'x-forwarded-user': 'alice',
        'x-principal': 'alice',
        'mcp-session-id': 'alice',
        cookie: 'principal=alice',
        forwarded: 'for=alice',
      }),
    },
  ]),
  ...Object.entries(HANDLES).map(([handle, toHandle]): Attack => ({
    name: `go on with it by a requestState with ${handle}`,
    face: 'typed tool, modern',
    method: 'tools/call',
    params: (target) => ({
      ...toToolCall('echo', { value: 1 }),
      requestState: `task:AAAAAAAA:${toHandle(target)}`,
      inputResponses: { any: { action: 'accept', content: {} } },
    }),
  })),
];
