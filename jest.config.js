export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
    ],
  },
  // examples import it as their users do; here it means the source
  moduleNameMapper: {
    '^longhaul$': '<rootDir>/src/index.ts',
    '^longhaul/client$': '<rootDir>/src/client/index.ts',
    '^longhaul/(langgraph|strands|ai-sdk)$': '<rootDir>/src/agents/$1.ts',
  },
  globalSetup: '<rootDir>/test/support/runner/global-setup.ts',
  testSequencer: '<rootDir>/test/support/runner/sequencer.js',
  setupFiles: ['<rootDir>/test/support/runner/property-seed.ts'],
  // Most tests wait for servers and clocks: four files at once keep two cores busy, and pass on a machine that others load.
  maxWorkers: 4,
  // For tests and hooks alike. No test is about how long it takes, and a machine that others load may stand still for ten
  // seconds at any line; what hangs still ends.
  testTimeout: 180_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
};
