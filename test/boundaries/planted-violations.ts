/** For each import rule the smallest tree of files that breaks it, and nothing else than it. */
export const plantedViolations: Record<string, Record<string, string>> = {
  'no-cycles': {
    'libs/egress/src/a.ts': "import './b.js';",
    'libs/egress/src/b.ts': "import './a.js';",
  },
  'libs-import-no-app': {
    'libs/egress/src/lib.ts': "import '../../../apps/worker/src/thing.js';",
    'apps/worker/src/thing.ts': 'export const thing = 1;',
  },
  'apps-import-no-app': {
    'apps/gateway/src/main.ts': "import '../../worker/src/thing.js';",
    'apps/worker/src/thing.ts': 'export const thing = 1;',
  },
  'lib-only-through-its-index': {
    'libs/egress/src/client.ts': "import '../../config/src/private.js';",
    'libs/config/src/private.ts': 'export const secret = 1;',
  },
  'lib-only-through-its-index-outside': {
    'apps/gateway/src/main.ts': "import '../../../libs/config/src/private.js';",
    'libs/config/src/private.ts': 'export const secret = 1;',
  },
  'contracts-is-a-leaf': {
    'libs/contracts/src/ids.ts': "import { randomUUID } from 'node:crypto';\nexport const id = randomUUID();",
  },
  'definition-is-pure': {
    'libs/definition/src/parse.ts': "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
  },
  'engine-is-pure': {
    'apps/workflow/src/engine/step.ts': "import { store } from '../runs/runs.service.js';\nexport const step = store;",
    'apps/workflow/src/runs/runs.service.ts': 'export const store = 1;',
  },
  'redis-only-in-messaging': {
    'apps/gateway/src/cache.ts': "import { Redis } from 'ioredis';\nexport const redis = Redis;",
    'node_modules/ioredis/package.json': '{ "name": "ioredis", "main": "index.js" }',
    'node_modules/ioredis/index.js': 'export const Redis = 1;',
  },
  'http-only-in-egress': {
    'apps/worker/src/call.ts': "import { request } from 'undici';\nexport const call = request;",
    'node_modules/undici/package.json': '{ "name": "undici", "main": "index.js" }',
    'node_modules/undici/index.js': 'export const request = 1;',
  },
  's3-only-when-configured': {
    'libs/blobs/src/blobs.module.ts': "import { S3Storage } from './s3/s3-storage.js';\nexport const x = S3Storage;",
    'libs/blobs/src/s3/s3-storage.ts': 'export const S3Storage = 1;',
  },
  'testing-only-from-tests': {
    'apps/gateway/src/main.ts':
      "import { clock } from '../../../libs/testing/src/index.js';\nexport const now = clock;",
    'libs/testing/src/index.ts': 'export const clock = 1;',
  },
  'feature-through-its-door': {
    'apps/gateway/src/runs/runs.controller.ts':
      "import { sql } from '../workflows/workflows.sql.js';\nexport const x = sql;",
    'apps/gateway/src/workflows/workflows.sql.ts': 'export const sql = 1;',
  },
  resolvable: {
    'apps/gateway/src/main.ts': "import './nowhere.js';",
  },
  'declared-packages': {
    'apps/gateway/src/main.ts': "import { by } from 'accident';\nexport const x = by;",
    'node_modules/accident/package.json': '{ "name": "accident", "main": "index.js" }',
    'node_modules/accident/index.js': 'export const by = 1;',
  },
  'no-development-package-in-production': {
    'apps/gateway/src/main.ts': "import { fake } from 'only-for-tests';\nexport const x = fake;",
    'node_modules/only-for-tests/package.json': '{ "name": "only-for-tests", "main": "index.js" }',
    'node_modules/only-for-tests/index.js': 'export const fake = 1;',
  },
};

/** What the rules allow, so that a rule that forbids everything fails as well. */
export const allowedImports: Record<string, string> = {
  'apps/gateway/src/runs/runs.controller.ts': [
    "import { workflows } from '../workflows/workflows.service.js';",
    "import { paging } from '../http/paging.js';",
    "import { config } from '../../../../libs/config/src/index.js';",
    'export const all = [workflows, paging, config];',
  ].join('\n'),
  'apps/gateway/src/workflows/workflows.service.ts': 'export const workflows = 1;',
  'apps/gateway/src/http/paging.ts': 'export const paging = 1;',
  'apps/gateway/src/runs/runs.spec.ts':
    "import { clock } from '../../../../libs/testing/src/index.js';\nexport const now = clock;",
  'apps/workflow/src/engine/step.ts':
    "import { id } from '../../../../libs/contracts/src/index.js';\nexport const step = id;",
  'libs/config/src/index.ts': "export * from './private.js';",
  'libs/config/src/private.ts': 'export const config = 1;',
  'libs/contracts/src/index.ts': 'export const id = 1;',
  'libs/messaging/src/redis.ts': "import { Redis } from 'ioredis';\nexport const redis = Redis;",
  'libs/egress/src/client.ts': "import { Agent } from 'undici';\nexport const agent = Agent;",
  'node_modules/undici/package.json': '{ "name": "undici", "main": "index.js" }',
  'node_modules/undici/index.js': 'export const Agent = 1;',
  'libs/testing/src/index.ts': 'export const clock = 1;',
  'node_modules/ioredis/package.json': '{ "name": "ioredis", "main": "index.js" }',
  'node_modules/ioredis/index.js': 'export const Redis = 1;',
};
