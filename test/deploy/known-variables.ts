import { configClasses, describeVariables } from '@app/config';

const described = describeVariables(configClasses);

/** Every name under which the configuration may be given: the variables, and `NAME_FILE` for secrets. */
export const knownVariables: ReadonlySet<string> = new Set(
  described.flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
);

/** The default of a variable in a process, as its text. */
export function defaultOf(name: string, process: string): string | undefined {
  const defaults = described.find((variable) => variable.name === name)?.defaults;
  return defaults?.byProcess[process] ?? defaults?.always;
}

/** The port at which a process answers GET /health and GET /ready. */
export function healthPortOf(process: string): number {
  return Number(defaultOf(process === 'gateway' ? 'SERVER_PORT' : 'HEALTH_PORT', process));
}

/** The port at which a process shows its metrics. */
export function metricsPortOf(process: string): number {
  return Number(defaultOf('METRICS_PORT', process));
}
