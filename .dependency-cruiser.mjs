/** Matches a package whether it is installed (node_modules/x/…) or only named (x). */
const packages = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

const TESTS = '\\.(spec|int-spec|e2e-spec|chaos-spec|conformance)\\.ts$';
const TEST_CODE = ['^test/', '^libs/testing/', TESTS];

/**
 * The import rules of docs/architecture.md. Each comment says what to do instead; `npm run lint:boundaries` prints it.
 * @type {import('dependency-cruiser').IConfiguration}
 */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files need each other: move what both need into a third file, or merge them.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'libs-import-no-app',
      comment: 'A lib serves every app: move what it needs from the app into a lib, or pass it in.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^apps/' },
    },
    {
      name: 'apps-import-no-app',
      comment: 'Apps talk through PostgreSQL and the catalog: send a command, or move the code both need into a lib.',
      severity: 'error',
      from: { path: '^apps/([^/]+)/' },
      to: { path: '^apps/', pathNot: '^apps/$1/' },
    },
    {
      name: 'lib-only-through-its-index',
      comment:
        "Import it as '@app/<lib>'. What is missing there is private: export it from the lib's index.ts on purpose.",
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)', pathNot: '^libs/$1/' },
    },
    {
      name: 'lib-only-through-its-index-outside',
      comment:
        "Import it as '@app/<lib>'. What is missing there is private: export it from the lib's index.ts on purpose.",
      severity: 'error',
      from: { pathNot: '^libs/' },
      to: { path: '^libs/[^/]+/src/(?!index\\.ts$)' },
    },
    {
      name: 'contracts-is-a-leaf',
      comment: 'Contracts are read by everybody, clients too: nothing but class-validator and class-transformer here.',
      severity: 'error',
      from: { path: '^libs/contracts/', pathNot: TESTS },
      to: { pathNot: ['^libs/contracts/', packages('class-validator', 'class-transformer')] },
    },
    {
      name: 'definition-is-pure',
      comment: 'The workflow language does no input or output and knows no Nest: take what it needs as a parameter.',
      severity: 'error',
      // Linux says in a file what time a thread has had; to the language it is a clock like others.
      from: { path: '^libs/definition/', pathNot: [TESTS, '/processor-time\\.ts$'] },
      to: {
        pathNot: [
          '^libs/(definition|contracts)/',
          packages('acorn', 'class-validator', 'class-transformer', 'croner', 'jsonata', 're2js'),
        ],
      },
    },
    {
      name: 'engine-is-pure',
      comment: 'The engine maps state, event and time to new state and effects: do the effect where it is interpreted.',
      severity: 'error',
      from: { path: '^apps/workflow/src/engine/', pathNot: TESTS },
      to: { pathNot: ['^apps/workflow/src/engine/', '^libs/(contracts|definition)/'] },
    },
    {
      name: 'redis-only-in-messaging',
      comment: 'Redis is spoken in libs/messaging alone: use its bus, queues and health, or add what is missing there.',
      severity: 'error',
      from: { pathNot: '^libs/messaging/' },
      to: { path: packages('ioredis', 'bullmq') },
    },
    {
      name: 'http-only-in-egress',
      comment:
        "Calls leave through libs/egress alone, which checks the address: use its EgressClient, with `allow` for hosts that the operator's configuration names.",
      severity: 'error',
      from: { pathNot: ['^libs/egress/', ...TEST_CODE] },
      to: { path: packages('undici', 'axios', 'got', 'ky', 'node-fetch', 'needle', 'superagent', 'request') },
    },
    {
      name: 's3-only-when-configured',
      comment:
        'Most platforms have no bucket and do without the SDK: import what speaks S3 with import(), once it is configured.',
      severity: 'error',
      from: { pathNot: ['^libs/blobs/src/s3/', ...TEST_CODE] },
      to: { path: ['^libs/blobs/src/s3/', '(^|node_modules/)@aws-sdk/'], dynamic: false },
    },
    {
      name: 'testing-only-from-tests',
      comment: 'Test helpers must not reach production: import this from a *.spec.ts, *.int-spec.ts or test/ only.',
      severity: 'error',
      from: { pathNot: TEST_CODE },
      to: { path: '^libs/testing/' },
    },
    {
      name: 'feature-through-its-door',
      comment:
        "Use the other feature's *.module.ts or *.service.ts; what the whole edge shares belongs into http/ (in the command line, platform/).",
      severity: 'error',
      from: { path: '^apps/([^/]+)/src/([^/]+)/', pathNot: TESTS },
      to: {
        path: '^apps/$1/src/[^/]+/',
        pathNot: ['^apps/$1/src/$2/', '^apps/[^/]+/src/(http|engine|platform)/', '\\.(module|service)\\.ts$'],
      },
    },
    {
      name: 'resolvable',
      comment: 'This import leads nowhere: correct the path (relative ones end in .js), or add the package.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'declared-packages',
      comment: 'The package comes along with another one by accident: add it to package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-development-package-in-production',
      comment: 'An image has no devDependencies: move the package to dependencies, or the code into a test.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TEST_CODE },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // The generated description of the DTOs loads each of them when it is called.
    exclude: { path: ['^dist/', '^coverage/', '/openapi/metadata\\.ts$'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
