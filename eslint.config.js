import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folder → what it may import beside itself: our folders, then packages. */
const fences = {
  'src/contract': '',
  'src/tasks': 'contract lru-cache zod',
  'src/trust': 'node:.+',
  'src/http': 'contract ipaddr.js undici node:.+',
  'src/encryption': 'contract zod node:.+',
  'src/operations':
    'contract http @modelcontextprotocol/client aws4fetch lru-cache zod fastest-levenshtein re2js node:.+',
  'src/openapi': 'contract operations http yaml node:.+',
  'src/limits': 'contract tasks lru-cache zod',
  'src/auth': 'contract http trust jose lru-cache zod node:.+',
  'src/callbacks': 'contract operations http undici zod node:.+',
  'src/storage': 'contract encryption http aws4fetch lru-cache undici zod node:.+',
  'src/observability': 'contract http tasks @opentelemetry lru-cache zod node:.+',
  'src/codec-server': 'contract auth http @temporalio/common node:.+',
  'src/client': 'contract',
  'src/agents': 'client contract @langchain @strands-agents ai',
  'src/config':
    'contract operations openapi trust auth callbacks encryption limits observability storage mcp tasks temporal local zod yaml canonicalize fastest-levenshtein node:.+',
  'src/mcp': 'contract operations tasks auth http @modelcontextprotocol lru-cache zod node:.+',
  'src/temporal':
    'contract operations tasks encryption http trust limits callbacks storage activities @temporalio canonicalize lru-cache zod node:.+',
  'src/local': 'contract encryption http trust @temporalio zod node:.+',
  'src/assembly':
    'contract config codec-server observability operations openapi tasks encryption trust limits callbacks auth mcp storage temporal local http .+',
  'src/commands':
    'contract config codec-server observability operations openapi tasks encryption trust limits callbacks auth mcp storage temporal local http assembly .+',
  workflows: 'contract @temporalio/workflow @temporalio/common',
  activities:
    'contract operations callbacks storage @temporalio/activity @temporalio/common @temporalio/proto node:.+',
};

/** Folders below a folder, as deep as any are. */
const DEPTHS = [0, 1, 2, 3];

/** What leads out of a folder begins with as many steps up as a file lies deep, so names below it are no matter. */
const fence = ([folder, list]) => {
  const allowed = list.split(' ');
  const isForeign = (name) => name !== folder && !allowed.includes(name.replace('src/', ''));
  const foreign = Object.keys(fences).filter(isForeign);
  const message = `${folder} may import itself and: ${list || 'nothing'}`;
  const packages = { regex: `^(?!\\.|(${allowed.join('|')})(/|$))`, message };
  return DEPTHS.map((depth) => {
    const up = '\\.\\./'.repeat(depth + (folder.startsWith('src/') ? 1 : 0));
    const root = '\\.\\./'.repeat(depth + folder.split('/').length);
    const inSource = folder.startsWith('src/') ? up : `${root}src/`;
    const paths = foreign.map((name) =>
      name.startsWith('src/') ? `${inSource}${name.slice(4)}/` : `${root}${name}/`,
    );
    const doors = `${inSource}(index|cli)\\.ts$`; // the public surface leads everywhere
    const patterns = [{ regex: `^(${[...paths, doors].join('|')})`, message }, packages];
    return {
      files: [`${folder}/${'*/'.repeat(depth)}*.ts`],
      rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
    };
  });
};

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'docs/api/'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
      'no-console': 'error',
      'no-restricted-globals': ['error', 'DisposableStack', 'AsyncDisposableStack'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreUsingDeclarations: true }],
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // the low-level Server serves both eras, though 2.4.0 deprecates it for everyday use
      '@typescript-eslint/no-deprecated': [
        'error',
        { allow: [{ from: 'package', package: '@modelcontextprotocol/server', name: 'Server' }] },
      ],
    },
  },
  Object.entries(fences).flatMap(fence),
  {
    files: ['{src,workflows,activities}/**/*.ts'],
    ignores: [
      'src/cli.ts',
      'src/commands/{program,add-*}.ts',
      'src/assembly/telemetry.ts',
      'src/config/operations/described-operations.ts',
    ], // commands load what they need, so that --help is quick
    rules: {
      'no-restricted-properties': [
        'error',
        ...['env', 'argv', 'exit', 'exitCode'].map((property) => ({ object: 'process', property })),
      ],
      'no-restricted-syntax': ['error', 'ImportExpression[source.type="Literal"]'],
    },
  },
  {
    files: ['test/**/*.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'jest/no-restricted-jest-methods': ['error', { mock: null, unstable_mockModule: null }],
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'fc.assert'] }],
    },
  },
  {
    files: ['**/*.js'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: { '@typescript-eslint/explicit-module-boundary-types': 'off' }, // JSDoc says them
  },
);
