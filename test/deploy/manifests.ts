import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export interface Container {
  name: string;
  image: string;
  args?: string[];
  env?: { name: string }[];
  ports?: { name: string; containerPort: number }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  resources: { requests: Record<string, string>; limits: Record<string, string> };
  securityContext: Record<string, unknown>;
  volumeMounts?: { name: string; mountPath: string }[];
}

interface PodSpec {
  containers: Container[];
  securityContext: Record<string, unknown>;
  volumes?: { name: string; persistentVolumeClaim?: { claimName: string } }[];
}

interface Probe {
  httpGet: { path: string; port: string };
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec?: {
    replicas?: number;
    accessModes?: string[];
    ports?: { name: string; port: number; targetPort: string }[];
    template?: { spec: PodSpec };
  };
}

/** Whether manifests can be rendered on this machine. */
export const hasKubectl = spawnSync('kubectl', ['version', '--client']).status === 0;

/** The manifests of a folder as `kubectl kustomize` renders them. */
export function render(folder: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync('kubectl', ['kustomize', folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return parseManifests(stdout);
}

/** The manifests of a folder as they were written. */
export function readManifests(folder: string): Manifest[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml') && file !== 'kustomization.yaml');
  return files.flatMap((file) => parseManifests(readFileSync(join(folder, file), 'utf8')));
}

/** The first container of a workload. */
export function containerOf({ spec }: Manifest): Container | undefined {
  return spec?.template?.spec.containers[0];
}

function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Manifest);
}
