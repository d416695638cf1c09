import { readFileSync } from 'node:fs';
import { ServiceName } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDockerfile } from './dockerfile.js';
import { healthPortOf, knownVariables } from './known-variables.js';

interface Service {
  build?: { target: string };
  ports?: string[];
  environment?: Record<string, string>;
  healthcheck?: { test: string[] };
}
interface Compose {
  services: Record<string, Service>;
}

const read = (file: string) => parse(readFileSync(file, 'utf8').replaceAll('!reset ', ''), { merge: true }) as Compose;
const compose = read('docker-compose.yml');
const production = read('docker-compose.prod.yml');

/** Name in the compose file → the app it runs. */
const apps = { api: ServiceName.Gateway, workflow: ServiceName.Workflow, worker: ServiceName.Worker } as const;

describe('docker-compose.yml', () => {
  it('has the API, PostgreSQL and Redis at the ports that everybody relies on', () => {
    const ports = Object.fromEntries(Object.entries(compose.services).map(([name, service]) => [name, service.ports]));
    expect(ports).toMatchObject({
      api: [`127.0.0.1:53080:${healthPortOf('gateway')}`],
      postgres: ['127.0.0.1:51003:5432'],
      redis: ['127.0.0.1:51004:6379'],
    });
  });

  it.each(Object.entries(apps))('builds %s from the stage %s and asks it whether it is ready', (name, app) => {
    const service = compose.services[name];
    expect(service?.build?.target).toBe(app);
    expect(service?.healthcheck?.test).toEqual(['CMD', 'node', 'tools/probe.mjs', String(healthPortOf(app)), '/ready']);
  });

  it('builds only stages that the Dockerfile has', () => {
    const targets = Object.values(compose.services).flatMap(({ build }) => (build ? [build.target] : []));
    expect(targets.toSorted()).toEqual(['cli', 'gateway', 'worker', 'workflow']);
    expect(targets.filter((target) => !readDockerfile().has(target))).toEqual([]);
  });
});

describe.each([
  ['docker-compose.yml', compose],
  ['docker-compose.prod.yml', production],
])('%s', (_file, { services }) => {
  it('sets only variables that the configuration knows', () => {
    const ours = Object.entries(services).filter(([name]) => name in apps || name === 'migrate');
    expect(ours.length).toBe(4);
    const names = ours.flatMap(([, { environment = {} }]) => Object.keys(environment));
    expect(names.filter((name) => !knownVariables.has(name))).toEqual([]);
  });
});

describe('docker-compose.prod.yml', () => {
  it('shows no secret and no port but that of the API', () => {
    const settings = Object.values(production.services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secrets = settings.filter(([name]) => /PASSWORD|SECRET|KEYS|SMTP/.test(name) && !name.endsWith('_FILE'));
    expect(secrets.filter(([, value]) => value !== '' && value !== null)).toEqual([]);
    expect(production.services['postgres']?.ports).toEqual([]);
    expect(production.services['redis']?.ports).toEqual([]);
  });
});
