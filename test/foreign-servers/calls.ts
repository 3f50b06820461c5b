// Every tool of the servers, and what it is called with, in an order in which each has something to do.

/** A tool and its arguments; `DIR` stands for the folder of the server. */
export type ToolCall = readonly [tool: string, args: object];

const file = (name: string) => `DIR/${name}`;

const EVERYTHING: readonly ToolCall[] = [
  ['echo', { message: 'ä\u{1F4A1}' }],
  ['echo', {}],
  ['get-sum', { a: 2, b: 3 }],
  ['get-sum', { a: 'x' }],
  ['get-tiny-image', {}],
  ['get-annotated-message', { messageType: 'error', includeImage: true }],
  ['get-resource-links', { count: 3 }],
  ['get-resource-reference', { resourceType: 'Blob', resourceId: 2 }],
  ['get-structured-content', { location: 'Chicago' }],
  [
    'gzip-file-as-resource',
    { name: 'a.gz', data: 'data:text/plain;base64,aGFsbG8=', outputType: 'resource' },
  ],
  ['toggle-simulated-logging', {}],
  ['toggle-subscriber-updates', {}],
  ['trigger-long-running-operation', { duration: 0.2, steps: 2 }],
  ['trigger-elicitation-request', {}],
];

export const CALLS: Readonly<Record<string, readonly ToolCall[]>> = {
  everything: EVERYTHING,
  web: EVERYTHING,
  files: [
    ['create_directory', { path: file('sub') }],
    ['write_file', { path: file('sub/b.txt'), content: 'one\ntwo\n' }],
    ['edit_file', { path: file('sub/b.txt'), edits: [{ oldText: 'two', newText: 'three' }] }],
    ['read_file', { path: file('sub/b.txt') }],
    ['read_text_file', { path: file('sub/b.txt'), head: 1 }],
    ['read_text_file', { path: '/etc/passwd' }],
    ['read_media_file', { path: file('a.png') }],
    ['read_multiple_files', { paths: [file('sub/b.txt'), file('nothing')] }],
    ['list_directory', { path: file('sub') }],
    ['list_directory_with_sizes', { path: file('sub') }],
    ['directory_tree', { path: file('sub') }],
    ['move_file', { source: file('sub/b.txt'), destination: file('sub/c.txt') }],
    ['search_files', { path: file('sub'), pattern: '*.txt' }],
    ['get_file_info', { path: file('sub/c.txt') }],
    ['list_allowed_directories', {}],
  ],
  memory: [
    [
      'create_entities',
      {
        entities: ['Ann', 'Bob'].map((name) => ({
          name,
          entityType: 'person',
          observations: ['tall'],
        })),
      },
    ],
    ['create_relations', { relations: [{ from: 'Ann', to: 'Bob', relationType: 'knows' }] }],
    ['add_observations', { observations: [{ entityName: 'Ann', contents: ['quick'] }] }],
    ['read_graph', {}],
    ['search_nodes', { query: 'quick' }],
    ['open_nodes', { names: ['Bob'] }],
    ['delete_observations', { deletions: [{ entityName: 'Ann', observations: ['tall'] }] }],
    ['delete_relations', { relations: [{ from: 'Ann', to: 'Bob', relationType: 'knows' }] }],
    ['delete_entities', { entityNames: ['Bob'] }],
    ['read_graph', {}],
  ],
  git: [
    ['git_status', { repo_path: 'DIR' }],
    ['git_add', { repo_path: 'DIR', files: ['a.png'] }],
    ['git_diff_staged', { repo_path: 'DIR' }],
    ['git_reset', { repo_path: 'DIR' }],
    ['git_add', { repo_path: 'DIR', files: ['a.png'] }],
    ['git_commit', { repo_path: 'DIR', message: 'one' }],
    ['git_log', { repo_path: 'DIR' }],
    ['git_create_branch', { repo_path: 'DIR', branch_name: 'other' }],
    ['git_checkout', { repo_path: 'DIR', branch_name: 'other' }],
    ['git_branch', { repo_path: 'DIR', branch_type: 'local' }],
    ['git_diff_unstaged', { repo_path: 'DIR' }],
    ['git_diff', { repo_path: 'DIR', target: 'HEAD' }],
    ['git_show', { repo_path: 'DIR', revision: 'HEAD' }],
    ['git_show', { repo_path: 'DIR', revision: 'nothing' }],
  ],
  time: [
    ['get_current_time', { timezone: 'Etc/UTC' }],
    ['convert_time', { source_timezone: 'Etc/UTC', time: '12:30', target_timezone: 'Asia/Tokyo' }],
    ['convert_time', { source_timezone: 'Nowhere', time: '12:30', target_timezone: 'Asia/Tokyo' }],
  ],
  fast: [
    ['add', { a: 2, b: 3 }],
    ['add', { a: 'x', b: 3 }],
  ],
};

/** Tools that are not called there, each with the reason. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  'get-env': 'the environment of a wrapped server is another one, by intention',
  'trigger-url-elicitation': 'a question by address is one with a form here',
  'simulate-research-query': 'it is called as a task alone, which is a test of its own',
  slow: 'called by the test that kills everything',
};

/** What differs from one run of the same to the next. */
export function withoutChance(text: string, directory: string): string {
  return text
    .replaceAll(directory, 'DIR')
    .replaceAll(/UmVzb3VyY2Ug[A-Za-z0-9+/=]+/g, 'BLOB') // "Resource ", and when it was made
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'HASH')
    .replaceAll(/\b[0-9a-f]{7}\b/g, 'HASH')
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replaceAll(/\d{4}-\d\d-\d\d(T| )\d\d:\d\d:\d\d(\.\d+)?/g, 'INSTANT')
    .replaceAll(/\d\d:\d\d:\d\d(\.\d+)? [^"\\]*/g, 'INSTANT');
}
