import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Wrk, WrkResult } from './wrk.js';

const CONNECTIONS = 32;

/** Requests of a bare Fastify process that answers a small JSON. */
export async function bareFastify(wrk: Wrk, seconds: number): Promise<WrkResult> {
  const child = fork(join(import.meta.dirname, 'bare-fastify.js'), { stdio: 'inherit' });
  const [port] = (await once(child, 'message')) as [number];
  try {
    return await wrk.apply({ url: `http://127.0.0.1:${port}/`, connections: CONNECTIONS, seconds });
  } finally {
    child.kill();
  }
}

/** Durable single-row commits per second over one connection. */
export async function singleRowCommits(databaseUrl: string, seconds: number): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      'CREATE TABLE IF NOT EXISTS bench_commits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, v text)',
    );
    const startedAt = performance.now();
    let commits = 0;
    while (performance.now() - startedAt < seconds * 1_000) {
      await client.query({ name: 'commit', text: 'INSERT INTO bench_commits (v) VALUES ($1)', values: ['x'] });
      commits += 1;
    }
    return (commits / (performance.now() - startedAt)) * 1_000;
  } finally {
    await client.query('DROP TABLE IF EXISTS bench_commits');
    await client.end();
  }
}
