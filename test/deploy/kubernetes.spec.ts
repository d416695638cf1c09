import { ConfigError, DatabaseConfig, EncryptionConfig, AuthConfig, loadConfigs, RedisConfig } from '@app/config';
import { ServiceName } from '@app/contracts';
import { describe, expect, it } from 'vitest';
import { inherited, readDockerfile } from './dockerfile.js';
import { healthPortOf, knownVariables, metricsPortOf } from './known-variables.js';
import { containerOf, hasKubectl, readManifests, render, type Manifest } from './manifests.js';
import { mistakesIn } from './validate-manifest.js';

const services = Object.values(ServiceName);
const base = readManifests('k8s/base');
const all = [...base, ...readManifests('k8s/try-out')];
const stages = readDockerfile();

function find(kind: string, name: string): Manifest {
  const manifest = all.find((one) => one.kind === kind && one.metadata.name === name);
  if (manifest === undefined) throw new Error(`There is no ${kind} ${name}.`);
  return manifest;
}

const settings = () => ({ ...find('ConfigMap', 'biometrics').data, ...find('Secret', 'biometrics').stringData });

describe('the manifests', () => {
  it.each(all.map((manifest) => [`${manifest.kind} ${manifest.metadata.name}`, manifest] as const))(
    '%s: the API would take it',
    (_name, manifest) => {
      expect(mistakesIn(manifest)).toEqual([]);
    },
  );

  it('would be refused with a mistake in them', () => {
    const wrong = structuredClone(find('Deployment', 'biometrics-gateway'));
    Object.assign(wrong.spec ?? {}, { replicsa: 3 });
    expect(mistakesIn(wrong)).toEqual(['Deployment biometrics-gateway: unknown field Deployment.spec.replicsa']);
    Object.assign(wrong.spec ?? {}, { replicas: 'three' });
    expect(mistakesIn(wrong)).toEqual([expect.stringContaining('replicas')]);
  });

  it('set only variables that the configuration knows', () => {
    expect(Object.keys(settings()).filter((name) => !knownVariables.has(name))).toEqual([]);
  });

  it('hold placeholders that production refuses, each one', () => {
    const refused = () => loadConfigs([AuthConfig, EncryptionConfig, DatabaseConfig, RedisConfig], settings());
    expect(refused).toThrow(ConfigError);
    for (const name of ['JWT_SECRET', 'ENCRYPTION_KEYS', 'DB_PASSWORD', 'REDIS_PASSWORD']) {
      expect(refused).toThrow(`${name} is a default that everybody knows`);
    }
  });

  it('hold settings that development takes, for the try-out', () => {
    const tried = { ...settings(), ENVIRONMENT: 'development' };
    expect(() => loadConfigs([AuthConfig, EncryptionConfig, DatabaseConfig, RedisConfig], tried)).not.toThrow();
  });

  it('give the database and the cache the names and ports that the settings say', () => {
    const { DB_HOST = '', DB_PORT, REDIS_HOST = '', REDIS_PORT } = settings();
    expect(find('Service', DB_HOST).spec?.ports?.map(({ port }) => String(port))).toEqual([DB_PORT]);
    expect(find('Service', REDIS_HOST).spec?.ports?.map(({ port }) => String(port))).toEqual([REDIS_PORT]);
  });
});

describe.each(services)('the deployment of %s', (service) => {
  const deployment = find('Deployment', `biometrics-${service}`);
  const container = containerOf(deployment);

  it('runs the image of its own stage', () => {
    expect(container?.image).toBe(`biometrics-${service}`);
    expect(stages.has(service)).toBe(true);
  });

  it('probes /health and /ready at the port of the code', () => {
    const ports = Object.fromEntries((container?.ports ?? []).map(({ name, containerPort }) => [name, containerPort]));
    expect(Object.values(ports)).toEqual([healthPortOf(service), metricsPortOf(service)]);
    const { startupProbe, livenessProbe, readinessProbe } = container ?? {};
    const paths = [startupProbe, livenessProbe, readinessProbe].map((probe) => probe?.httpGet.path);
    expect(paths).toEqual(['/health', '/health', '/ready']);
    for (const probe of [startupProbe, livenessProbe, readinessProbe]) {
      expect(ports[probe?.httpGet.port ?? '']).toBe(healthPortOf(service));
    }
  });

  it('has its metrics at a service', () => {
    const ports = find('Service', `biometrics-${service}`).spec?.ports;
    expect(ports?.find(({ name }) => name === 'metrics')?.port).toBe(metricsPortOf(service));
  });

  it('asks for a modest share of a machine', () => {
    expect(container?.resources).toEqual({
      requests: { cpu: '250m', memory: '256Mi' },
      limits: { cpu: '500m', memory: '512Mi' },
    });
  });

  it('writes to no other folder than the image does', () => {
    const mounts = (container?.volumeMounts ?? []).map(({ mountPath }) => mountPath);
    const data = inherited(stages, service, 'VOLUME');
    expect(mounts).toEqual([data, `${data}/blobs`, '/tmp']);
  });

  it('shares the large values with the others, wherever they run', () => {
    const volumes = deployment.spec?.template?.spec.volumes ?? [];
    const claim = volumes.find(({ name }) => name === 'blobs')?.persistentVolumeClaim?.claimName ?? '';
    expect(find('PersistentVolumeClaim', claim).spec?.accessModes).toEqual(['ReadWriteMany']);
  });
});

describe('the gateway', () => {
  it('has three replicas behind a service', () => {
    expect(find('Deployment', 'biometrics-gateway').spec?.replicas).toBe(3);
    expect(find('Service', 'biometrics-gateway').spec?.ports?.[0]).toEqual({
      name: 'http',
      port: 80,
      targetPort: 'http',
    });
  });
});

describe('every pod', () => {
  const workloads = all.filter((manifest) => containerOf(manifest) !== undefined);

  it.each(workloads.map((manifest) => [manifest.metadata.name, manifest] as const))(
    '%s keeps to the restricted pod security standard',
    (_name, manifest) => {
      expect(manifest.spec?.template?.spec.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      expect(containerOf(manifest)?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    },
  );
});

describe.skipIf(!hasKubectl)('kubectl kustomize (skipped where kubectl is not installed)', () => {
  it.each(['k8s/base', 'k8s/try-out'])('renders %s into one namespace, valid throughout', (folder) => {
    const rendered = render(folder);
    expect(rendered.length).toBeGreaterThanOrEqual(base.length);
    for (const manifest of rendered) {
      expect(mistakesIn(manifest)).toEqual([]);
      if (manifest.kind !== 'Namespace') expect(manifest.metadata.namespace).toBe('biometrics');
    }
  });

  it('tries the platform out in development mode', () => {
    const { data } = render('k8s/try-out').find(({ kind }) => kind === 'ConfigMap') ?? {};
    expect(data?.['ENVIRONMENT']).toBe('development');
  });
});
