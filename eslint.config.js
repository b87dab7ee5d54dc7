import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

// Workflow code runs in Temporal's deterministic sandbox: nothing there may touch the outside world.
const builtins = builtinModules.flatMap((name) => [name, `node:${name}`]);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'coverage/'] },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [importX.createNodeResolver({ extensions: ['.ts', '.js'] })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/require-await': 'off',
      'import-x/no-cycle': 'error',
      'import-x/no-duplicates': 'error',
      'import-x/no-extraneous-dependencies': 'error',
    },
  },
  {
    files: ['src/workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: builtins.map((name) => ({
            name,
            message: 'Workflow code is deterministic: do this in an activity.',
          })),
          patterns: [
            {
              group: ['**/plan/**', '**/checks/**', '**/kubernetes/**', '**/platform/**', '**/evidence/**'],
              allowTypeImports: true,
              message: 'What is computed is computed in activities and recorded: import types only.',
            },
            {
              group: ['**/activities/**'],
              allowTypeImports: true,
              message: 'Workflows know the types of activities only.',
            },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'fetch', 'setInterval'],
    },
  },
  {
    files: ['src/plan/**/*.ts', 'src/checks/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['node:fs', 'node:fs/promises', 'node:net', 'node:http', 'node:https', 'node:child_process'],
          patterns: [
            { group: ['@temporalio/*', 'undici', '@aws-sdk/*'], message: 'plan/ and checks/ are pure.' },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/commands/**/*.ts', 'src/client.ts'],
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            {
              target: './src',
              from: ['./simulator', './lab', './scenario', './eks-api', './elb-api', './iam-api'],
              message: 'The engine does not know the simulator or the lab.',
            },
          ],
        },
      ],
    },
  },
  {
    files: [
      'scenario/**/*.ts',
      'eks-api/**/*.ts',
      'elb-api/**/*.ts',
      'iam-api/**/*.ts',
      'lab/**/*.ts',
      'simulator/**/*.ts',
    ],
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        {
          zones: [
            {
              target: ['./scenario', './eks-api', './elb-api', './iam-api'],
              from: ['./simulator', './lab', './src'],
              message: 'What the simulator and the lab share knows neither.',
            },
            {
              target: './lab',
              from: './simulator',
              message: 'The real thing does not know the simulated one.',
            },
            {
              target: './simulator',
              from: './lab',
              message: 'The simulated thing does not know the real one.',
            },
          ],
        },
      ],
    },
  },
  { files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked] },
  {
    files: ['bin/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
  {
    files: ['test/**/*.ts', '**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);
