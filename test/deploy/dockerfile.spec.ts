import { existsSync, readFileSync } from 'node:fs';
import { ServiceName } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { inherited, readDockerfile } from './dockerfile.js';
import { healthPortOf, knownVariables, metricsPortOf } from './known-variables.js';

const stages = readDockerfile();
const services = Object.values(ServiceName);

/** Variables that mean something to Node.js or its libraries rather than to us. */
const foreign = new Set(['NODE_ENV']);

describe('the Dockerfile', () => {
  it.each([...services, 'cli'])('starts the program that the build makes of apps/%s', (app) => {
    const [program, ...args] = JSON.parse(inherited(stages, app, 'ENTRYPOINT') ?? '[]') as string[];
    expect(program).toBe('node');
    expect(args.at(-1)).toBe(`dist/apps/${app}/src/main.js`);
    expect(existsSync(`apps/${app}/src/main.ts`)).toBe(true);
    const copies = stages.get(app)?.instructions.filter(({ name }) => name === 'COPY');
    expect(copies?.map(({ text }) => text)).toEqual([`--from=build /app/dist/apps/${app} dist/apps/${app}`]);
  });

  it.each([...services, 'cli'])('runs %s as nobody in particular', (app) => {
    expect(inherited(stages, app, 'USER')).toBe('10001:10001');
  });

  it.each(services)('exposes and probes the ports that %s really has', (service) => {
    const ports = [healthPortOf(service), metricsPortOf(service)];
    expect(inherited(stages, service, 'EXPOSE')).toBe(ports.join(' '));
    expect(inherited(stages, service, 'HEALTHCHECK')).toContain(`"tools/probe.mjs", "${ports[0]}", "/health"`);
  });

  it('sets only variables that the configuration knows', () => {
    const names = [...stages.values()]
      .flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'ENV'))
      .flatMap(({ text }) => text.split(/\s+/).map((pair) => pair.split('=')[0] ?? ''));
    expect(names.filter((name) => !knownVariables.has(name) && !foreign.has(name))).toEqual([]);
  });

  it('copies only files that are there and that .dockerignore lets through', () => {
    const allowed: string[] = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).+$/gm) ?? [];
    const copied = [...stages.values()]
      .flatMap(({ instructions }) => instructions.filter(({ name }) => name === 'COPY'))
      .filter(({ text }) => !text.startsWith('--from'))
      .flatMap(({ text }) => text.split(' ').slice(0, -1));
    expect(copied.filter((path) => !existsSync(path))).toEqual([]);
    expect(copied.filter((path) => !allowed.includes(path.split('/')[0] ?? ''))).toEqual([]);
  });

  it('uses Node.js in a version that package.json allows', () => {
    const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
    const [image] = /(?<=node:)\d+/.exec(readFileSync('Dockerfile', 'utf8')) ?? [];
    expect(Number(image)).toBeGreaterThanOrEqual(Number.parseInt(engines.node.replace('>=', ''), 10));
  });
});
