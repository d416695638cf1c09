import { newId } from '@app/contracts';
import { testDatabase } from '@app/testing';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { JobMetrics } from './job.metrics.js';

it('shows how many jobs wait, and goes on showing it while the database is away', async () => {
  const database = await testDatabase();
  const pool = new Pool({ connectionString: database.url });
  const registry = new Registry();
  const metrics = new JobMetrics(registry, pool);
  metrics.ended('email.send', 'succeeded', 250);
  for (const status of ['queued', 'queued', 'succeeded']) {
    await pool.query(`INSERT INTO jobs (id, type, payload, status) VALUES ($1, 'email.send', '{}', $2)`, [
      newId(),
      status,
    ]);
  }
  const waiting = 'jobs_queued{type="email.send"} 2';
  expect(await registry.metrics()).toContain(waiting);
  await pool.end();
  const text = await registry.metrics();
  expect(text).toContain(waiting);
  expect(text).toContain('job_attempts_total{type="email.send",status="succeeded"} 1');
  expect(text).toContain('job_attempt_duration_seconds_bucket{le="0.5",type="email.send"} 1');
  await database.drop();
});
