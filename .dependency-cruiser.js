/** Rules about imports that need the whole graph; what a folder may import stands in eslint.config.js. */
const DOORS = ['auth', 'client', 'config', 'encryption', 'local', 'observability', 'trust'];

export default {
  forbidden: [
    {
      name: 'no-circles',
      comment:
        'Two files that need each other are one idea, or a third file that both need. Types count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'config-reads-options',
      comment: 'Of a feature the configuration reads its options, and the rules that check them.',
      severity: 'error',
      from: { path: '^src/config/' },
      to: {
        path: '^src/(?!(config|contract|operations|trust)/)[^/]+/',
        // a description that an entry names is read as the configuration is
        pathNot: '/(options|rules)[.]ts$|^src/openapi/index[.]ts$',
      },
    },
    ...DOORS.map((folder) => ({
      name: `door-of-${folder}`,
      comment:
        'A folder with an index.ts is entered there; its options are read by the configuration.',
      severity: 'error',
      // the public surface loads what it exports, and nothing beside it
      from: { pathNot: [`^src/${folder}/`, '^src/index[.]ts$'] },
      to: { path: `^src/${folder}/`, pathNot: `^src/${folder}/(index|options)[.]ts$` },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
