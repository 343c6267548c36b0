import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'console/dist/',
      'console/public/',
      'data/',
      '.cache/',
      'coverage/',
      'templates/compiled/',
      'node_modules/',
    ],
  },
  ...tseslint.configs.strict,
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      // A promise that nobody awaits is how a key mail gets lost.
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      // `for (;;)` with an exit inside reads better than a flag.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Silent logs and test doubles are empty on purpose.
      '@typescript-eslint/no-empty-function': 'off',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  { files: ['console/**/*.{ts,tsx}'], ...reactHooks.configs.flat['recommended-latest'] },
  {
    // The command line, benches and test servers speak to a terminal.
    files: ['server/main.ts', 'server/cli/**', 'bench/**', 'test/support/**', 'templates/build.ts'],
    rules: { 'no-console': 'off' },
  },
);
