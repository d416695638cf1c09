import { describe, expect, it } from 'vitest';
import { WorkerConfig } from './classes/worker.config.js';
import { configClasses } from './config-classes.js';
import { describeVariables } from './describe-variables.js';

const described = describeVariables(configClasses);

describe('the configuration', () => {
  it('gives each field one variable, or one for each worker', () => {
    const fields = described
      .filter(({ owner }) => owner !== WorkerConfig.name)
      .map(({ owner, field }) => `${owner}.${field}`);
    expect(fields).toEqual([...new Set(fields)]);
  });

  it('reads a variable in one place only, but for the address that two servers share', () => {
    const names = described.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual(['SERVER_HOST']);
    const hosts = described.filter(({ name }) => name === 'SERVER_HOST').map(({ defaults }) => defaults);
    expect(new Set(hosts.map((defaults) => JSON.stringify(defaults))).size).toBe(1);
  });

  it('has no second spelling of a setting', () => {
    const spelled = described.map(({ name }) =>
      name.replace(/_(URL|MS|SECONDS|TIMEOUT|EXPIRE)$/, '').replaceAll('_', ''),
    );
    const twice = spelled.filter((name, index) => spelled.indexOf(name) !== index);
    expect(twice).toEqual(['SERVERHOST']);
  });
});
