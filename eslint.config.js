import js from '@eslint/js';
import jest from 'eslint-plugin-jest';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Folder → what it may import beside itself: our folders, then packages. */
const fences = {
  'src/contract': '',
  'src/config':
    'contract secrecy trust operations auth callbacks zod yaml canonicalize fastest-levenshtein node:.+',
  'src/operations': 'contract zod undici fastest-levenshtein re2js node:.+',
  'src/tasks': 'contract',
  'src/trust': 'node:.+',
  'src/secrecy': 'contract node:.+',
  'src/codec-server': 'contract auth @temporalio/common node:.+',
  'src/storage': 'contract secrecy aws4fetch undici node:.+',
  'src/callbacks': 'contract operations ipaddr.js undici node:.+',
  'src/client': 'contract',
  'src/agents': 'client contract @langchain @strands-agents ai',
  'src/auth': 'contract trust jose lru-cache node:.+',
  'src/mcp': 'contract operations tasks auth @modelcontextprotocol lru-cache zod node:.+',
  'src/temporal':
    'contract operations tasks secrecy trust callbacks storage activities @temporalio canonicalize cockatiel lru-cache node:.+',
  'src/observability': 'contract tasks @opentelemetry lru-cache node:.+',
  workflows: 'contract @temporalio/workflow @temporalio/common',
  'src/commands':
    'contract config codec-server observability operations tasks secrecy trust callbacks auth mcp storage temporal .+',
  activities:
    'contract operations callbacks storage @temporalio/activity @temporalio/common node:.+',
};

const fence = ([folder, list]) => {
  const allowed = list.split(' ');
  const names = Object.keys(fences).map((key) => key.replace('src/', ''));
  const foreign = names.filter((name) => !folder.endsWith(name) && !allowed.includes(name));
  const message = `${folder} may import itself and: ${list || 'nothing'}`;
  const patterns = [
    { regex: `^\\.\\./(.*/)?((${foreign.join('|')})/|cli\\.ts$)`, message },
    { regex: '^(\\.\\./)+(src/)?index\\.ts$', message }, // the public surface leads everywhere
    { regex: `^(?!\\.|(${allowed.join('|')})(/|$))`, message },
  ];
  return {
    files: [`${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
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
  Object.entries(fences).map(fence),
  {
    files: ['{src,workflows,activities}/**/*.ts'],
    ignores: [
      'src/cli.ts',
      'src/commands/{program,add-breakers,add-callbacks,add-trust,telemetry}.ts',
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
